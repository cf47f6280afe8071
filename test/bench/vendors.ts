import { createServer } from 'node:http';
import { portOf } from '../../exporter/web/listen.ts';

/** Vendors on loopback: one for each latency (milliseconds) of the command line, which answers after it. */

const servers = process.argv.slice(2).map((latency) =>
  createServer((_request, response) => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"left":12.5}');
    }, Number(latency));
  }),
);
await Promise.all(
  servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))),
);
process.stdout.write(`${servers.map((server) => `http://127.0.0.1:${portOf(server)}`).join(' ')}\n`);
