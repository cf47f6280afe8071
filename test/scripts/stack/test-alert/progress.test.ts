import test from 'ava';
import { notificationSamples, progressOf } from '../../../../scripts/lib/stack/test-alert/progress.ts';
import { isToItself, wordsOf } from '../../../../scripts/lib/stack/test-alert/words.ts';

/** Pages and lines as Alertmanager 0.25.0 and 0.35.0 write them. */

const old = (requests: number, failedRequests: number, failed: number) =>
  notificationSamples(`# TYPE alertmanager_notifications_total counter
alertmanager_notifications_total{integration="webhook"} 9
alertmanager_notification_requests_total{integration="email"} 4
alertmanager_notification_requests_total{integration="webhook"} ${requests}
alertmanager_notification_requests_failed_total{integration="webhook"} ${failedRequests}
alertmanager_notifications_failed_total{integration="webhook"} ${failed}
`);

const named = (ops: number, opsFailed: number, other: number) =>
  notificationSamples(`alertmanager_notification_requests_total{integration="webhook",receiver_name="ops"} ${ops}
alertmanager_notification_requests_failed_total{integration="webhook",receiver_name="ops"} ${opsFailed}
alertmanager_notifications_failed_total{integration="webhook",reason="clientError",receiver_name="ops"} ${opsFailed}
alertmanager_notifications_failed_total{integration="webhook",reason="serverError",receiver_name="ops"} 0
alertmanager_notification_requests_total{integration="webhook",receiver_name="other"} ${other}
`);

const ops = { receiver: 'ops', integration: 'webhook' };

test('requests that went well are those that did not fail, of the type where receivers have no names', (t) => {
  t.deepEqual(progressOf(old(3, 3, 1), old(5, 4, 1), ops), {
    delivered: 1,
    failedAttempts: 1,
    failed: 0,
    reason: undefined,
    isOwn: false,
  });
  t.is(progressOf(old(3, 3, 1), old(3, 3, 1), { ...ops, integration: 'email' }).delivered, 0);
  t.is(progressOf(old(3, 3, 1), old(4, 3, 1), { ...ops, integration: undefined }).delivered, 1);
});

test('where receivers have names, what goes to another one does not count', (t) => {
  t.like(progressOf(named(1, 0, 1), named(1, 0, 7), ops), { delivered: 0, failed: 0, isOwn: true });
  t.like(progressOf(named(1, 0, 1), named(2, 1, 7), ops), {
    delivered: 0,
    failed: 1,
    reason: 'clientError',
  });
});

test('after a restart of Alertmanager its counters begin at 0', (t) => {
  t.like(progressOf(old(9, 3, 1), old(1, 0, 0), ops), { delivered: 1, failedAttempts: 0, failed: 0 });
});

test('a page that is not Alertmanager’s has no samples', (t) => {
  t.deepEqual(notificationSamples('<html>'), []);
});

for (const [release, line, words] of [
  [
    '0.25',
    'ts=2026-11-27T21:21:08.711Z caller=dispatch.go:352 level=error component=dispatcher msg="Notify for alerts failed" num_alerts=1 err="ops/webhook[0]: notify retry canceled due to unrecoverable error after 1 attempts: unexpected status code 422: http://127.0.0.1:19999/hook: \\"closed\\"\\n"',
    'unexpected status code 422: http://127.0.0.1:19999/hook: "closed"',
  ],
  [
    '0.25, while it tries again',
    'ts=2026-11-27T21:28:53.261Z caller=notify.go:732 level=warn component=dispatcher receiver=ops integration=webhook[0] msg="Notify attempt failed, will retry later" attempts=1 err="unexpected status code 503: words\\n"',
    'unexpected status code 503: words',
  ],
  [
    '0.35',
    'time=2026-11-27T21:20:52.287Z level=ERROR source=retry_stage.go:88 msg="Notify failed" component=dispatcher receiver=ops integration=webhook[0] aggrGroup="{}:{alertname=\\"T\\", run=\\"1\\"}" reason=clientError err="ops/webhook[0]: notify retry canceled after 3 attempts: context deadline exceeded"',
    'context deadline exceeded',
  ],
  [
    '0.35, with escapes that JSON does not know',
    'time=2026-11-27T21:20:52.287Z level=ERROR msg="Notify failed" receiver=ops err="a\\x1b[31m b\\a \\U0001f600 \\u4f59 \\\\x \\"q\\""',
    'a\u001b[31m b\u0007 \u{1f600} 余 \\x "q"',
  ],
  [
    'the relay',
    'time=2026-11-27T21:20:52.287Z level=warn msg="notification not delivered" channel=ops result=rejected reason=auth error="Feishu answered 19021: sign match fail" alerts=1',
    'Feishu answered 19021: sign match fail (rejected: auth)',
  ],
] as const) {
  test(`a receiver's own words are found in a line of ${release}, and not in that of another receiver`, (t) => {
    const other = line.replaceAll(/\bops\b/g, 'other').replace(/err(or)?="/, 'err$1="other: ');
    const names = { receiver: 'test/ops', channel: 'ops' };
    t.is(wordsOf([other, line, 'no fields here', ''], { ...names, receiver: 'ops' }), words);
    t.is(wordsOf([line.replaceAll(/(receiver=|err=")ops\b/g, '$1test/ops')], names), words);
    t.is(wordsOf([other], names), undefined);
  });
}

for (const [words, expected] of [
  ['Post "<redacted>": dial tcp 127.0.0.1:18765: connect: connection refused', true],
  ['Post "<redacted>": dial tcp [::1]:18765: connect: connection refused', true],
  ['connect ECONNREFUSED 127.0.0.1:18765 (failed: network)', true],
  ['connect ECONNREFUSED ::1:18765 (failed: network)', true],
  ['Post "<redacted>": dial tcp 172.17.0.1:18765: connect: connection refused', false],
  ['lookup 127.0.0.1.example: no such host', false],
  ['unexpected status code 500', false],
] as const) {
  test(`a receiver at a loopback address is told from others: ${words}`, (t) => {
    t.is(isToItself(words), expected);
  });
}
