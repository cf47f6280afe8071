import { writeSync } from 'node:fs';
import { AccountStorage } from '../../../exporter/accounts/storage.ts';
import { Exporter } from '../../../exporter/exporter.ts';
import { createMemoryMailStore } from '../../../exporter/mail/store.ts';
import { demo } from '../../../exporter/providers/demo/index.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import { silentLogger } from '../../support/logger.ts';
import { accountConfig } from '../../support/snapshots.ts';
import { crashAccounts, demoOptions } from './crash-accounts.ts';

/**
 * An exporter under load that is there to be killed: it checks its accounts every few milliseconds, and writes what
 * it would serve to standard output, a line each time, before anything else happens. It ends by itself after so many lines where a
 * number is given: its compiled code is kept then, which the others start with. Who is killed never gets to do that.
 */

const [folder = '', lines = 'Infinity'] = process.argv.slice(2);
const say = (line: unknown): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const onSetAside = (message: string): void => say({ message });
const records = new RecordStore({ path: folder, now: Date.now, onSetAside });
const exporter = new Exporter(
  {
    timezone: 'UTC',
    accounts: crashAccounts.map((name) =>
      accountConfig({
        name,
        provider: 'demo',
        options: demoOptions(name),
        intervalSeconds: 0.005,
        timeoutSeconds: 5,
      }),
    ),
    subscriptions: [],
    mailboxes: [],
    secrets: [],
  },
  {
    load: () => ({ ok: false, errors: [] }),
    findProvider: (id) => (id === demo.id ? demo : undefined),
    logger: silentLogger,
    now: Date.now,
    random: Math.random,
    concurrency: 16,
    storage: new AccountStorage({ records, now: Date.now, onSetAside }),
    mailStore: createMemoryMailStore(),
    onStorageFailure: () => say({ message: 'a state could not be saved' }),
  },
);
exporter.start();
void sayLines().then(() => process.exit());

async function sayLines(): Promise<void> {
  for (let line = 0; line < Number(lines); line += 1) {
    const accounts = exporter.snapshot().accounts.map((state) => ({
      name: state.account.name,
      checks: state.checks,
      failures: state.failures.http,
      lastSuccessAt: state.lastSuccessAtMs,
      duration: state.lastDurationSeconds,
      reading: state.readings[0]?.value,
    }));
    say({ accounts });
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
