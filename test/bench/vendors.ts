import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { portOf } from '../../exporter/web/listen.ts';

/**
 * Vendors on loopback: one for each latency (milliseconds) of the command line, which answers after it. Over TLS where the
 * files of a key and a certificate are given after them.
 */

const words = process.argv.slice(2);
const latencies = words.filter((word) => /^\d+$/.test(word));
const [keyFile, certFile] = words.slice(latencies.length);
const tls =
  keyFile === undefined || certFile === undefined
    ? undefined
    : { key: readFileSync(keyFile), cert: readFileSync(certFile) };

const servers = latencies.map((latency) => {
  const answer: RequestListener = (_request, response) => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"left":12.5}');
    }, Number(latency));
  };
  return tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
});
await Promise.all(
  servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))),
);
const scheme = tls === undefined ? 'http' : 'https';
process.stdout.write(`${servers.map((server) => `${scheme}://127.0.0.1:${portOf(server)}`).join(' ')}\n`);
