import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface DnsServer extends AsyncDisposable {
  /** `address:port`. */
  readonly address: string;
  /** Names that were asked for, with the type of the record: `A vendor.example`. */
  readonly asked: string[];
}

/** What is known of a name: addresses of IPv4; an empty list: there is no such name. Undefined: the server keeps silent. */
export type Zone = (name: string, type: 'A' | 'AAAA') => readonly string[] | undefined;

const types: ReadonlyMap<number, 'A' | 'AAAA'> = new Map([
  [1, 'A'],
  [28, 'AAAA'],
]);

/** A DNS server on loopback that answers what the test says, or nothing at all (RFC 1035, 4). */
export async function startDnsServer(
  zone: Zone,
  ttl = 60,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const { name, end } = nameAt(query, 12);
    const type = types.get(query.readUInt16BE(end)) ?? 'A';
    asked.push(`${type} ${name}`);
    const addresses = zone(name, type);
    if (addresses !== undefined) socket.send(reply(query, end + 4, addresses, ttl), from.port, from.address);
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  return {
    address: `${host}:${socket.address().port}`,
    asked,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function nameAt(message: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function reply(query: Buffer, questionEnd: number, addresses: readonly string[], ttl: number): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  const isKnown = addresses.length > 0;
  // Response, recursion desired and available; code 3 says that there is no such name.
  header.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    // The name is the question's.
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(1, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(ttl, 6);
    record.writeUInt16BE(4, 10);
    for (const [index, part] of address.split('.').entries()) record.writeUInt8(Number(part), 12 + index);
    return record;
  });
  return Buffer.concat([header, query.subarray(12, questionEnd), ...records]);
}
