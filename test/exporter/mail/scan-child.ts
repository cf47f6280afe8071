import { createMailScheduler } from '../../../exporter/mail/scheduler.ts';
import type { MailboxState } from '../../../exporter/mail/state.ts';
import { createMailStore } from '../../../exporter/mail/store.ts';
import { createScanThread } from '../../../exporter/mail/thread/scan-thread.ts';
import { RecordStore } from '../../../exporter/storage/record-store.ts';
import { silentLogger } from '../../support/logger.ts';
import { mailboxConfig } from '../../support/mailbox.ts';

/**
 * One scan in a process of its own, for the tests that kill it. Writes a line before and after each write of
 * the record, and the state at the end as JSON.
 */
const [port, caFile, directory, user] = process.argv.slice(2);
if (port === undefined || caFile === undefined || directory === undefined || user === undefined) {
  throw new Error('expected a port, a CA file, a directory and a user');
}

const records = new RecordStore({
  path: directory,
  now: Date.now,
  onSetAside: (why) => process.stdout.write(`corrupt ${why}\n`),
});
const store = createMailStore(records);

let last: MailboxState | undefined;
const scheduler = createMailScheduler({
  mailboxes: [mailboxConfig({ name: user, user, port: Number(port), caFile, timeoutSeconds: 120 })],
  store: {
    load: store.load,
    async save(record) {
      process.stdout.write('saving\n');
      await store.save(record);
      process.stdout.write('saved\n');
    },
  },
  scan: createScanThread(),
  logger: silentLogger,
  onState: (state) => {
    last = state;
  },
});
await scheduler.firstRound;
await scheduler.stop();
process.stdout.write(
  `${JSON.stringify({ examined: last?.examined, alerts: last?.alerts, failure: last?.failure })}\n`,
);
