import ava from 'ava';
import { isAlert, ruleGroups } from '../../rules/index.ts';
import { needing } from '../support/promtool.ts';
import { holds, type ValueExpectation } from './case.ts';
import type { SimulatedAccount } from './simulation/accounts.ts';
import { evaluate } from './simulation/evaluate.ts';
import { day, grid, hour, type Shape, shapeOf } from './simulation/kinds.ts';
import { randomFrom } from './simulation/random.ts';
import { simulated, stepsPerDay, worldFor } from './simulation/steady.ts';

/** Accounts of twelve days in which all alerts come up: they run dry, are failed by their vendor, used wildly, removed. */
function sample(): ReadonlyMap<string, SimulatedAccount> {
  const down: readonly (readonly [number, number])[] = [
    [300, 301],
    [700, 718],
    [1200, 1340],
  ];
  const world = worldFor(12, down);
  const life = (from: number, to: number) => [from * day, to * day] as const;
  const shapes: Readonly<Record<string, Partial<Shape>>> = {
    dry: { startDays: 6 },
    hourly: { startDays: 9, interval: hour },
    office: shapeOf('weekly', randomFrom(5)),
    night: { ...shapeOf('nights only', randomFrom(6)), startDays: 8 },
    burst: { startDays: 40, load: (time) => (time > 6 * day && time < 7 * day ? 6 : 1) },
    outages: { startDays: 8, outages: { share: 0.5, hours: 40 } },
    removed: { startDays: 7, life: life(0, 5) },
    added: { startDays: 8, life: life(3, 12) },
    paid: { startDays: 5, topUp: { below: 2, days: 6, delay: hour, forgotten: 0 } },
    refunds: { startDays: 8, refunds: 100 },
    currency: { startDays: 9, rate: 0.05 },
  };
  return new Map(
    Object.entries(shapes).map(([name, shape], index) => [name, simulated(shape, world, index + 1)]),
  );
}

const notation = (values: readonly (number | undefined)[]): string =>
  values.map((value) => value ?? '_').join(' ');

needing(ava, 'promtool')(
  'alerts computed in TypeScript are those that Prometheus fires, for every kind of trouble at every second hour',
  async (t) => {
    const accounts = sample();
    const series: Record<string, string> = {
      'up{instance="a:9100",job="balance-alert"}': notation(
        [...accounts.values()][0]?.exporter.map((up) => Number(up)) ?? [],
      ),
    };
    const firing = new Map<string, readonly boolean[]>();
    for (const [name, account] of accounts) {
      const threshold = 3 * account.shape.perDay;
      const labels = `project="${name}",provider="v",instance="a:9100",job="balance-alert"`;
      const balance = `{${labels},type="balance",unit="USD"}`;
      const served = (value: number): string =>
        notation(account.served.map((one) => (one === undefined ? undefined : value)));
      series[`balance_alert_balance${balance}`] = notation(account.served);
      series[`balance_alert_threshold${balance}`] = served(threshold);
      series[`balance_alert_account_up{${labels}}`] = notation(account.up);
      series[`balance_alert_account_check_interval_seconds{${labels}}`] = notation(
        account.up.map((up) => (up === undefined ? undefined : account.shape.interval)),
      );
      series[`balance_alert_account_last_success_timestamp_seconds{${labels}}`] = notation(
        account.successAge.map((age, index) => (age === undefined ? undefined : (index - age) * grid)),
      );
      for (const [alert, steps] of evaluate(account, threshold)) {
        const [alertname, severity] = alert.split(' ');
        firing.set(`{alertname="${alertname}", project="${name}", severity="${severity}"}`, steps);
      }
    }
    const names = [...new Set([...firing.keys()].map((key) => /alertname="(\w+)"/.exec(key)?.[1] ?? ''))];
    const expr = `count by (alertname, project, severity) (ALERTS{alertstate="firing",alertname=~"${names.join('|')}"})`;
    const values: ValueExpectation[] = [];
    for (let index = 12; index < 12 * stepsPerDay; index += 12) {
      values.push({
        at: `${index * 10}m`,
        expr,
        is: Object.fromEntries([...firing].filter(([, steps]) => steps[index]).map(([key]) => [key, 1])),
      });
    }
    // Each alert comes up, or the sample would prove nothing of it.
    const seen = new Set(
      values.flatMap(({ is }) => Object.keys(is).map((key) => key.replace(/project="\w+", /, ''))),
    );
    const shipped = ruleGroups().flatMap(({ rules }) => rules.filter(isAlert));
    t.deepEqual(
      [...seen].sort(),
      shipped
        .filter(({ alert }) => names.includes(alert))
        .map(({ alert, severity }) => `{alertname="${alert}", severity="${severity}"}`)
        .filter((name) => !name.includes('AccountStale", severity="warning'))
        .sort(),
    );
    await holds(t, {
      interval: '10m',
      series,
      values,
      // The alerts that the expression counts are evaluated where they are asked about.
      alerts: [...new Set(names)].map((alert) => ({ at: '0m', alert, firing: [] })),
    });
  },
);
