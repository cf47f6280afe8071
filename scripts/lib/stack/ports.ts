import { createServer } from 'node:net';
import { codeOf } from '../terminal/failure.ts';

/** Which of some ports can't be listened on at an address of this machine. */
export async function findTakenPorts(
  address: string,
  ports: readonly number[],
): Promise<ReadonlySet<number>> {
  const taken = await Promise.all(ports.map((port) => isTaken(address, port)));
  return new Set(ports.filter((_port, index) => taken[index]));
}

/** An address that is not this machine's, and a port that only root may have, are the engine's matter, not ours. */
function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(codeOf(error) === 'EADDRINUSE'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}
