import test from 'ava';
import { dashboardSources } from '../../../infra/render/content.ts';
import { explainEmpty } from '../../../scripts/lib/stack/empty-panels.ts';

test('panels without data are listed by what they wait for', (t) => {
  t.deepEqual(
    explainEmpty([
      { name: 'Overview / Mail', expressions: ['max by (mailbox) (balance_alert_mailbox_up)'] },
      { name: 'Overview / Alerts', expressions: ['ALERTS{alertstate="firing"}'] },
      { name: 'Exporter / Sent', expressions: ['rate(prometheus_notifications_sent_total[5m])'] },
      { name: 'Exporter / Memory', expressions: ['process_resident_memory_bytes', 'rate(x[5m])'] },
      { name: 'Mail / Topics', expressions: ['increase(balance_alert_email_alerts_total[1d])'] },
      { name: 'Accounts / Balance', expressions: ['balance_alert_balance'] },
    ]),
    [
      'no data until a mailbox is scanned: Overview / Mail; Mail / Topics',
      'no data until an alert fires: Overview / Alerts',
      'no data until a notification is sent: Exporter / Sent',
      'no data for the first minutes: Exporter / Memory',
      'no data until a check returns such a value: Accounts / Balance',
    ],
  );
  t.deepEqual(explainEmpty([]), []);
});

test('of the panels that there are, the count of alerts waits for the rules, and the list of them for an alert', (t) => {
  const waiting = dashboardSources('en')
    .flatMap(({ queries }) => queries)
    .filter(({ expr }) => /\bALERTS\b/.test(expr))
    .flatMap(({ panel, expr }) => explainEmpty([{ name: panel, expressions: [expr] }]));
  t.deepEqual(waiting, [
    'no data until the rules are evaluated for the first time: Alerts firing',
    'no data until an alert fires: Alerts',
  ]);
});

test('of the panels that there are, those of recorded series wait for the rules, not for a check', (t) => {
  const waiting = dashboardSources('en')
    .flatMap(({ queries }) => queries)
    .filter(({ expr }) => /\baccount:balance_alert_/.test(expr) && !expr.includes('ALERTS'))
    .flatMap(({ panel, expr }) => explainEmpty([{ name: panel, expressions: [expr] }]));
  t.true(waiting.length > 0);
  for (const line of waiting) t.regex(line, /^no data until the rules are evaluated and give such a value: /);
});

test('of the panels that there are, those of mail are known as such', (t) => {
  const panels = dashboardSources('en')
    .flatMap(({ title, queries }) =>
      queries.map(({ panel, expr }) => ({ name: `${title} / ${panel}`, expr })),
    )
    .filter(({ expr }) => expr.includes('balance_alert_mailbox_up'));
  t.true(panels.length > 0);
  const [line, ...others] = explainEmpty(panels.map(({ name, expr }) => ({ name, expressions: [expr] })));
  t.regex(line ?? '', /^no data until a mailbox is scanned: /);
  t.deepEqual(others, []);
});
