import test from 'ava';
import fc from 'fast-check';
import { parse } from 'yaml';
import { alertWords, testAlertName } from '../../../exporter/relay/words.ts';
import {
  alertmanagerFlags,
  knownAlerts,
  renderAlertmanagerConfig,
} from '../../../infra/render/alertmanager.ts';
import { messageTemplates } from '../../../infra/render/messages.ts';
import { isAlert, ruleGroups } from '../../../rules/index.ts';

const alerts = new Set(ruleGroups().flatMap(({ rules }) => rules.filter(isAlert).map(({ alert }) => alert)));

test('without receivers the configuration is complete and notifies nobody', (t) => {
  const config = renderAlertmanagerConfig({ receivers: {} });
  t.regex(config, /^receivers:\n {2}- name: "null"\n$/m);
  t.false(config.includes('time_intervals'));
  const { route } = parse(config);
  t.deepEqual(route.routes, [
    { receiver: 'null', matchers: ['alertname="BalanceAlertWatchdog"'] },
    {
      receiver: 'null',
      matchers: ['alertname="BalanceAlertTest"'],
      group_by: ['alertname', 'channel', 'run'],
      group_wait: '0s',
      group_interval: '20s',
    },
    { receiver: 'null', matchers: ['severity="none"'] },
  ]);
});

test('alerts that are routed or inhibited by name exist', (t) => {
  for (const name of Object.values(knownAlerts).flat()) t.true(alerts.has(name), name);
});

test('every alert has its own text in the messages, and nothing else has', (t) => {
  t.deepEqual(Object.keys(alertWords).toSorted(), [...alerts, testAlertName].toSorted());
});

test('owners are matched literally, whatever characters they have', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }), (owners) => {
        const { route } = parse(
          renderAlertmanagerConfig({
            receivers: {
              ops: {
                type: 'discord',
                url: 'https://x.example',
                severities: ['critical'],
                sendResolved: true,
                owners,
              },
            },
          }),
        );
        const [, matcher = ''] = /^account_owner=~(.*)$/s.exec(route.routes[3].matchers[1]) ?? [];
        const pattern = new RegExp(`^(?:${JSON.parse(matcher)})$`, 's');
        return owners.every((owner) => pattern.test(owner)) && !pattern.test(`${owners.join()}x`);
      }),
    ),
  );
});

test('quiet hours over midnight are two ranges, and weekends whole days', (t) => {
  const intervals = (start: string, end: string, weekends = false) =>
    parse(
      renderAlertmanagerConfig({
        receivers: {},
        quietHours: { timeZone: 'Asia/Shanghai', start, end, weekends },
      }),
    ).time_intervals[0].time_intervals;
  const location = 'Asia/Shanghai';
  t.deepEqual(intervals('22:00', '08:00', true), [
    {
      location,
      times: [
        { start_time: '22:00', end_time: '24:00' },
        { start_time: '00:00', end_time: '08:00' },
      ],
    },
    { location, weekdays: ['saturday', 'sunday'] },
  ]);
  t.deepEqual(intervals('12:00', '14:00'), [
    { location, times: [{ start_time: '12:00', end_time: '14:00' }] },
  ]);
  t.deepEqual(intervals('20:00', '00:00'), [
    { location, times: [{ start_time: '20:00', end_time: '24:00' }] },
  ]);
});

test('the templates of both languages define the same names', (t) => {
  const names = (language: 'en' | 'zh') =>
    messageTemplates(language).flatMap(({ text }) =>
      [...text.matchAll(/define "([^"]+)"/g)].map(([, name]) => name),
    );
  t.deepEqual(names('zh'), names('en'));
  t.true(names('en').length > 10);
});

test('the receiver’s name is asked for in metrics, unless the image is older than the feature', (t) => {
  const has = (image: string) =>
    alertmanagerFlags('http://a', image).includes('--enable-feature=receiver-name-in-metrics');
  for (const image of [
    'prom/alertmanager:v0.35.0',
    'prom/alertmanager:v0.27.0',
    'r.example/am:1.0.0',
    'r:5000/am:main',
  ])
    t.true(has(image), image);
  for (const image of ['prom/alertmanager:v0.25.0', 'r.example:5000/am:0.26.0', 'prom/alertmanager:v0.9.1'])
    t.false(has(image), image);
});
