import test from 'ava';
import { alertMessage } from '../../../exporter/relay/alert-message.ts';
import type { Alert } from '../../../exporter/relay/payload.ts';
import { renderRules } from '../../../rules/index.ts';

/** A message has words of its own in their place. */
const replaced: ReadonlySet<string> = new Set(['summary', 'description']);

const contentOf = (name: string): string =>
  name.endsWith('_url') ? `https://${name}.example/` : `[${name}]`;

test('a message shows every annotation that the rule of its alert has', (t) => {
  const rules = renderRules().flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const missing = rules.flatMap(({ alert = '', annotations = {} }) => {
    const names = Object.keys(annotations).filter((name) => !replaced.has(name));
    const firing: Alert = {
      status: 'firing',
      labels: { alertname: alert, severity: 'warning' },
      annotations: Object.fromEntries(names.map((name) => [name, contentOf(name)])),
      startsAt: '2026-11-28T00:00:00Z',
      fingerprint: 'f',
    };
    const message = alertMessage([{ groupKey: 'g', alerts: [firing], truncatedAlerts: 0 }], 'en');
    return names
      .filter((name) => !JSON.stringify(message).includes(contentOf(name)))
      .map((name) => `${alert}: ${name}`);
  });
  t.deepEqual(missing, []);
  t.true(rules.some(({ annotations }) => annotations?.['due_date'] !== undefined));
});
