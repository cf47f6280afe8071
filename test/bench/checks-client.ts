import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, get as httpGet } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { text } from 'node:stream/consumers';
import { checkAccount } from '../../exporter/accounts/check.ts';
import { httpClientFor } from '../../exporter/providers/http-for.ts';
import { findProvider } from '../../exporter/providers/registry.ts';
import { accountConfig } from '../support/snapshots.ts';

/**
 * Asks a vendor again and again, ten times at once, and says what CPU one check took, in milliseconds: by a whole check of
 * the exporter, or by as little as Node needs. Arguments: `exporter` or `bare`, the vendor's URL, the number of checks, and
 * a file of authorities or nothing.
 */

const [mode, url = '', count = '0', caFile] = process.argv.slice(2);

const provider = findProvider('json');
const account = accountConfig({
  provider: 'json',
  options: provider?.options.parse({ url, values: [{ type: 'balance', expr: 'left', unit: 'USD' }] }),
  caFile,
});
const dependencies = {
  findProvider,
  httpClient: httpClientFor,
  now: Date.now,
  redact: (said: string) => said,
};

async function check(): Promise<void> {
  const outcome = await checkAccount(account, dependencies, new AbortController().signal);
  if (!outcome.ok) throw new Error(outcome.message);
}

const agent = url.startsWith('https:')
  ? new HttpsAgent({ keepAlive: true, ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }) })
  : new HttpAgent({ keepAlive: true });
const get = url.startsWith('https:') ? httpsGet : httpGet;

function ask(): Promise<void> {
  return new Promise((done, failed) => {
    get(url, { agent }, (response) => {
      text(response).then((body) => {
        JSON.parse(body);
        done();
      }, failed);
    }).on('error', failed);
  });
}

const one = mode === 'bare' ? ask : check;

async function run(checks: number): Promise<void> {
  let left = checks;
  const worker = async (): Promise<void> => {
    for (; left > 0; left -= 1) await one();
  };
  await Promise.all(Array.from({ length: 10 }, worker));
}

// Until the code is compiled and the connections are there.
await run(500);
const before = process.cpuUsage();
await run(Number(count));
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${(user + system) / 1000 / Number(count)}\n`);
