import test from 'ava';
import { parseNotification } from '../../../exporter/relay/payload.ts';

const body = (alerts: unknown, version = '4') => ({ version, groupKey: 'g', alerts });

test('a notification has its alerts, with what is left out of them', (t) => {
  const parsed = parseNotification(
    body([
      { status: 'firing', labels: { a: 'x', empty: '' }, startsAt: 's', fingerprint: 'f' },
      { status: 'resolved' },
    ]),
  );
  t.deepEqual(parsed, {
    ok: true,
    notification: {
      groupKey: 'g',
      truncatedAlerts: 0,
      alerts: [
        { status: 'firing', labels: { a: 'x' }, annotations: {}, startsAt: 's', fingerprint: 'f' },
        { status: 'resolved', labels: {}, annotations: {}, startsAt: '', fingerprint: '[]' },
      ],
    },
  });
});

for (const [what, wrong, said] of [
  ['no alert', body([]), 'alerts: Too small: expected array to have >=1 items'],
  ['no list of alerts', body('x'), 'alerts: Invalid input: expected array, received string'],
  ['another version', body([3], '3'), 'version: Invalid input: expected "4"'],
  [
    'an alert with another status, of several',
    body([{ status: 'firing' }, { status: 'x' }, { status: 'y' }]),
    'alerts.1.status: Invalid option: expected one of "firing"|"resolved"',
  ],
  [
    'a label that is a number',
    body([{ status: 'firing', labels: { a: 1 } }]),
    'alerts.0.labels.a: Invalid input: expected string, received number',
  ],
] as const) {
  test(`${what}: the first thing that is wrong is named with its place`, (t) => {
    t.deepEqual(parseNotification(wrong), {
      ok: false,
      message: `expected a notification of Alertmanager's webhook, version 4: ${said}`,
    });
  });
}
