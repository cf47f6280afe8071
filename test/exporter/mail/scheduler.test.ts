import test from 'ava';
import { emptyCursor } from '../../../exporter/mail/cursor.ts';
import type { ScanBatch, ScanOptions } from '../../../exporter/mail/scan.ts';
import { createMailScheduler } from '../../../exporter/mail/scheduler.ts';
import type { MailboxConfig } from '../../../exporter/mail/schema.ts';
import type { MailboxState } from '../../../exporter/mail/state.ts';
import type { MailStore } from '../../../exporter/mail/store.ts';
import { createMemoryMailStore, newRecord } from '../../../exporter/mail/store.ts';
import { CheckError } from '../../../exporter/readings/check-error.ts';
import { recordingLogger, silentLogger } from '../../support/logger.ts';
import { mailboxConfig } from '../../support/mailbox.ts';

const now = Date.UTC(2026, 10, 24);

function batch(changes: Partial<ScanBatch> = {}): ScanBatch {
  return { cursor: emptyCursor, examined: 0, hits: [], unreadable: 0, ...changes };
}

/** Timers that fire when a test says so. */
function timers() {
  const waiting: { readonly milliseconds: number; readonly callback: () => void }[] = [];
  return {
    waiting,
    after(milliseconds: number, callback: () => void) {
      const timer = { milliseconds, callback };
      waiting.push(timer);
      return () => {
        if (waiting.includes(timer)) waiting.splice(waiting.indexOf(timer), 1);
      };
    },
    fire() {
      for (const { callback } of waiting.splice(0)) callback();
    },
  };
}

interface Rig {
  readonly mailboxes: readonly MailboxConfig[];
  readonly scan: (options: ScanOptions) => Promise<ScanBatch>;
  readonly store?: MailStore;
  readonly signal?: AbortSignal;
  readonly redact?: (text: string) => string;
}

function rig({ mailboxes, scan, store = createMemoryMailStore(), signal, redact }: Rig) {
  const states: MailboxState[] = [];
  const clock = timers();
  const { logger, lines } = recordingLogger();
  const scheduler = createMailScheduler({
    mailboxes,
    store,
    scan,
    logger,
    now: () => now,
    random: () => 0.5,
    after: clock.after,
    onState: (state) => states.push(state),
    ...(signal === undefined ? {} : { signal }),
    ...(redact === undefined ? {} : { redact }),
  });
  const told = () =>
    states.map(({ mailbox, lastScanAtMs: lastScanAt, examined }) => [
      mailbox.name,
      lastScanAt !== undefined,
      examined,
    ]);
  return { scheduler, states, told, clock, lines, store };
}

/** Lets everything that needs no timer come to its end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('a secret that a mail server repeats is shown neither in the state nor in the log', async (t) => {
  const { scheduler, states, lines } = rig({
    mailboxes: [mailboxConfig({ name: 'a' })],
    scan: async () => {
      throw new CheckError('auth', 'the server refused the login: planted-token is unknown');
    },
    redact: (text) => text.replaceAll('planted-token', '[token]'),
  });
  await settle();
  await scheduler.stop();
  t.is(states.at(-1)?.failure?.message, 'the server refused the login: [token] is unknown');
  t.false(JSON.stringify(lines).includes('planted-token'));
});

test('a skipped mail is logged with its position and without its content, and counted', async (t) => {
  const { scheduler, states, lines, store } = rig({
    mailboxes: [mailboxConfig({ name: 'a' })],
    scan: async ({ onPassedOver, onBatch }) => {
      onPassedOver?.({
        folder: 'INBOX',
        uid: 7,
        error: new RangeError('bad text\n    at planted (words:1:1)'),
      });
      const found = batch({ examined: 1, unreadable: 1 });
      await onBatch?.(found);
      return found;
    },
  });
  await scheduler.firstRound;
  await scheduler.stop();
  const [level, message, fields] = lines.find(([, text]) => String(text).includes('passed over')) ?? [];
  t.is(level, 'error');
  t.is(message, 'internal error while examining a mail, which is passed over');
  t.like(fields, { mailbox: 'a', folder: 'INBOX', uid: 7, error: 'RangeError' });
  t.true(JSON.stringify(fields).includes('scheduler.test.ts'));
  t.notRegex(JSON.stringify(lines), /bad text|planted/);
  t.is(states.at(-1)?.unreadable, 1);
  t.is((await store.load('a'))?.unreadable, 1);
});

test('states are reported in the order of the list before the first scan, and after each', async (t) => {
  const { scheduler, told } = rig({
    mailboxes: [mailboxConfig({ name: 'a' }), mailboxConfig({ name: 'b' })],
    scan: async ({ mailbox, onBatch }) => {
      await onBatch?.(batch({ examined: mailbox.name === 'a' ? 3 : 5 }));
      return batch({ examined: 3 });
    },
  });
  await scheduler.firstRound;
  t.deepEqual(told().slice(0, 2), [
    ['a', false, 0],
    ['b', false, 0],
  ]);
  t.deepEqual(told().slice(2).toSorted(), [
    ['a', true, 3],
    ['b', true, 5],
  ]);
  await scheduler.stop();
});

test('hits are counted by topic, with the time of the newest', async (t) => {
  const { scheduler, states } = rig({
    mailboxes: [mailboxConfig()],
    scan: async ({ onBatch }) => {
      await onBatch?.(
        batch({
          examined: 2,
          hits: [
            { topic: 'bill', at: 20 },
            { topic: 'bill', at: 10 },
          ],
        }),
      );
      await onBatch?.(batch({ examined: 1, hits: [{ topic: 'arrears', at: 30 }] }));
      return batch();
    },
  });
  await scheduler.firstRound;
  const last = states.at(-1);
  t.is(last?.examined, 3);
  t.is(last?.alerts.bill, 2);
  t.is(last?.alerts.arrears, 1);
  t.deepEqual(last?.lastAlertAtMs, { bill: 20, arrears: 30 });
  t.is(last?.failure, undefined);
  t.is(last?.lastScanAtMs, now);
  t.is(last?.lastSuccessAtMs, now);
  await scheduler.stop();
});

test('the next scan runs after the interval plus jitter, and continues from the stored cursor', async (t) => {
  const cursors: unknown[] = [];
  const cursor = { ...emptyCursor, seen: ['x'] };
  const { scheduler, clock } = rig({
    mailboxes: [mailboxConfig({ intervalSeconds: 100 })],
    scan: async (options) => {
      cursors.push(options.cursor);
      await options.onBatch?.(batch({ cursor }));
      return batch();
    },
  });
  await scheduler.firstRound;
  t.deepEqual(
    clock.waiting.map(({ milliseconds }) => milliseconds),
    [102_500],
  );
  clock.fire();
  await settle();
  t.deepEqual(cursors, [emptyCursor, cursor]);
  t.is(clock.waiting.length, 1);
  await scheduler.stop();
  t.is(clock.waiting.length, 0);
});

test('a failing mailbox counts its failure, reports the reason, and delays no other', async (t) => {
  const { scheduler, states, lines, clock } = rig({
    mailboxes: [mailboxConfig({ name: 'bad' }), mailboxConfig({ name: 'good' })],
    scan: async ({ mailbox }) => {
      if (mailbox.name === 'bad') throw new CheckError('auth', 'the server refused the login');
      return batch();
    },
  });
  await scheduler.firstRound;
  const last = (name: string) => states.findLast(({ mailbox }) => mailbox.name === name);
  t.deepEqual(last('bad')?.failure, { reason: 'auth', message: 'the server refused the login' });
  t.is(last('bad')?.failures.auth, 1);
  t.is(last('bad')?.lastSuccessAtMs, undefined);
  t.is(last('good')?.failure, undefined);
  t.deepEqual(
    lines.filter(([level]) => level === 'warn'),
    [
      [
        'warn',
        'mailbox scan failed',
        { mailbox: 'bad', reason: 'auth', error: 'the server refused the login' },
      ],
    ],
  );
  clock.fire();
  await settle();
  t.is(last('bad')?.failures.auth, 2);
  await scheduler.stop();
});

test('a mailbox that hangs holds up no other', async (t) => {
  let release: (value: ScanBatch) => void = () => undefined;
  const { scheduler, told } = rig({
    mailboxes: [mailboxConfig({ name: 'slow' }), mailboxConfig({ name: 'fast' })],
    scan: ({ mailbox }) =>
      mailbox.name === 'slow'
        ? new Promise((resolve) => {
            release = resolve;
          })
        : Promise.resolve(batch()),
  });
  await settle();
  t.deepEqual(told().slice(2), [['fast', true, 0]]);
  release(batch());
  await scheduler.firstRound;
  t.deepEqual(told().slice(3), [['slow', true, 0]]);
  await scheduler.stop();
});

test('the message of an unexpected error is neither logged nor shown: it may contain text of a mail', async (t) => {
  const { scheduler, states, lines } = rig({
    mailboxes: [mailboxConfig()],
    scan: async () => {
      throw new TypeError('Dear Sam, your secret is 42');
    },
  });
  await scheduler.firstRound;
  t.deepEqual(states.at(-1)?.failure, {
    reason: 'internal',
    message: 'the scan failed unexpectedly (TypeError)',
  });
  t.false(JSON.stringify(lines).includes('Sam'));
  await scheduler.stop();
});

test('what could not be stored is not counted', async (t) => {
  const memory = createMemoryMailStore();
  let full = true;
  const store: MailStore = {
    load: memory.load,
    async save(record) {
      if (full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      await memory.save(record);
    },
  };
  const { scheduler, states, clock } = rig({
    mailboxes: [mailboxConfig()],
    store,
    scan: async ({ onBatch }) => {
      await onBatch?.(batch({ examined: 7, hits: [{ topic: 'bill', at: 1 }] }));
      return batch();
    },
  });
  await scheduler.firstRound;
  t.deepEqual(states.at(-1)?.failure, {
    reason: 'internal',
    message: 'the record of the mailbox could not be written (ENOSPC)',
  });
  t.is(states.at(-1)?.examined, 0);
  t.is(states.at(-1)?.alerts.bill, 0);
  full = false;
  clock.fire();
  await settle();
  t.is(states.at(-1)?.examined, 7);
  t.is(states.at(-1)?.alerts.bill, 1);
  await scheduler.stop();
});

test('a record that cannot be read fails the scan rather than starting anew, until it can', async (t) => {
  const memory = createMemoryMailStore();
  await memory.save({ ...newRecord(mailboxConfig()), examined: 40 });
  let broken = true;
  let scans = 0;
  const { scheduler, states, clock } = rig({
    mailboxes: [mailboxConfig()],
    store: {
      save: memory.save,
      async load(name) {
        if (broken) throw Object.assign(new Error('denied'), { code: 'EACCES' });
        return memory.load(name);
      },
    },
    scan: async () => {
      scans += 1;
      return batch();
    },
  });
  await scheduler.firstRound;
  t.is(states.at(-1)?.failure?.reason, 'internal');
  t.is(scans, 0);
  broken = false;
  clock.fire();
  await settle();
  t.is(states.at(-1)?.failure, undefined);
  t.is(states.at(-1)?.examined, 40);
  await scheduler.stop();
});

test('counters continue after a restart, and the cursor is reset for another login', async (t) => {
  const store = createMemoryMailStore();
  const cursor = { ...emptyCursor, seen: ['x'] };
  await store.save({ ...newRecord(mailboxConfig()), examined: 40, cursor });
  const cursors: unknown[] = [];
  const scan = async (options: ScanOptions) => {
    cursors.push(options.cursor);
    return batch();
  };
  for (const changes of [{}, { user: 'other' }]) {
    const { scheduler, states } = rig({ mailboxes: [mailboxConfig(changes)], store, scan });
    await scheduler.firstRound;
    t.is(states[0]?.examined, 40);
    await scheduler.stop();
  }
  t.deepEqual(cursors, [cursor, emptyCursor]);
});

test('a reload leaves unchanged mailboxes alone, scans changed and new ones, and forgets removed ones', async (t) => {
  const scanned: string[] = [];
  const { scheduler, told, clock } = rig({
    mailboxes: ['kept', 'changed', 'removed'].map((name) => mailboxConfig({ name })),
    scan: async ({ mailbox, onBatch }) => {
      scanned.push(mailbox.name);
      await onBatch?.(batch({ examined: 1 }));
      return batch();
    },
  });
  await scheduler.firstRound;
  scanned.length = 0;
  const before = told().length;
  scheduler.replace([
    mailboxConfig({ name: 'kept' }),
    mailboxConfig({ name: 'changed', password: 'new' }),
    mailboxConfig({ name: 'added' }),
  ]);
  await settle();
  t.deepEqual(scanned.toSorted(), ['added', 'changed']);
  t.deepEqual(told().slice(before, before + 2), [
    ['changed', false, 1],
    ['added', false, 0],
  ]);
  t.is(clock.waiting.length, 3);
  await scheduler.stop();
});

test('a mailbox that changes during its scan aborts the scan first, and its results are discarded', async (t) => {
  const aborted: string[] = [];
  const { scheduler, states } = rig({
    mailboxes: [mailboxConfig()],
    scan: ({ mailbox, signal, onBatch }) => {
      if (mailbox.intervalSeconds === 60) return Promise.resolve(batch());
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted.push(mailbox.name);
          void onBatch?.(batch({ examined: 9 })).then(() => reject(signal.reason));
        });
      });
    },
  });
  await settle();
  scheduler.replace([mailboxConfig({ intervalSeconds: 60 })]);
  await settle();
  t.deepEqual(aborted, ['billing']);
  // What the old scan had stored before it ended is there; its end is not.
  t.deepEqual(
    states.map(({ mailbox, lastScanAtMs: lastScanAt, examined }) => [
      mailbox.intervalSeconds,
      lastScanAt,
      examined,
    ]),
    [
      [900, undefined, 0],
      [60, undefined, 9],
      [60, now, 9],
    ],
  );
  await scheduler.stop();
});

test('stop ends a scan under way and waits for it', async (t) => {
  let ended = false;
  const abort = new AbortController();
  const { scheduler, clock } = rig({
    mailboxes: [mailboxConfig()],
    signal: abort.signal,
    scan: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          setImmediate(() => {
            ended = true;
            reject(signal.reason);
          });
        });
      }),
  });
  await settle();
  abort.abort();
  await scheduler.stop();
  t.true(ended);
  t.deepEqual(clock.waiting, []);
});

test('mails that could not be read completely are logged', async (t) => {
  const { scheduler, lines } = rig({
    mailboxes: [mailboxConfig()],
    scan: async () => batch({ unreadable: 2 }),
  });
  await scheduler.firstRound;
  t.deepEqual(
    lines.filter(([level]) => level === 'warn'),
    [['warn', 'some mails could not be read completely', { mailbox: 'billing', mails: 2 }]],
  );
  await scheduler.stop();
});

test('with the timers of Node nothing keeps the process alive', async (t) => {
  const scheduler = createMailScheduler({
    mailboxes: [mailboxConfig()],
    store: createMemoryMailStore(),
    scan: async () => batch(),
    logger: silentLogger,
    onState: () => undefined,
  });
  await scheduler.firstRound;
  await scheduler.stop();
  t.pass();
});

test('a server that asks to wait for longer than the interval is left alone for so long', async (t) => {
  const { scheduler, clock } = rig({
    mailboxes: [mailboxConfig({ intervalSeconds: 60 })],
    scan: async () => {
      throw new CheckError('rate_limit', 'the server asks to slow down', { retryAfterSeconds: 600 });
    },
  });
  await scheduler.firstRound;
  t.deepEqual(
    clock.waiting.map(({ milliseconds }) => milliseconds),
    [600_000],
  );
  await scheduler.stop();
});
