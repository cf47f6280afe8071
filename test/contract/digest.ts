import type { ExecutionContext } from 'ava';
import type { Config } from '../../exporter/account-file/schema.ts';
import { createHttpClient } from '../../exporter/providers/http.ts';
import { readFigures } from '../../exporter/relay/digest/figures.ts';
import { digestMessage, digestText } from '../../exporter/relay/digest/message.ts';
import { queryAt } from '../../exporter/relay/digest/prometheus.ts';
import { answersFor } from '../../exporter/subscriptions/answers.ts';
import { todayIn } from '../../exporter/subscriptions/dates.ts';
import type { RunningPrometheus } from '../support/prometheus.ts';
import { realNowMs } from '../support/real-clock.ts';
import { until } from '../support/until.ts';

/**
 * The digest of a Prometheus that has thirty generated days, against the generated data.
 * @param config the accounts whose history it is
 * @param started where the generated history ends, in seconds since the epoch
 */
export async function matchesGeneratedData(
  t: ExecutionContext,
  prometheus: RunningPrometheus,
  config: Config,
  started: number,
): Promise<void> {
  // What only the present has, prices among it, is the running exporter's.
  await until(async () => (await prometheus.query('balance_alert_subscription_amount')).length > 0);
  const now = realNowMs();
  const http = createHttpClient({ timeout: 60_000, signal: AbortSignal.timeout(60_000) });
  const figures = await readFigures(queryAt(now, { url: prometheus.url }, http));
  t.log(`\n${digestText(digestMessage(figures, 'en', now, 'UTC'))}`);
  t.log(`\n${digestText(digestMessage(figures, 'zh', now, 'UTC'))}`);

  const days = figures.runsDry.map((one) => one.days);
  t.true(days.length >= 3);
  t.deepEqual(
    days,
    days.toSorted((a, b) => a - b),
  );

  // Against the balances themselves, step by step.
  const week = 7 * 86_400;
  const gateway = figures.spend.find(({ account }) => account === 'llm-gateway (demo)');
  for (const [weeks, told] of [
    [1, gateway?.week],
    [2, gateway?.weekBefore],
  ] as const) {
    const end = Math.floor(started / 600) * 600 - (weeks - 1) * week;
    const [balance] = await prometheus.queryRange(
      'max by (project) (balance_alert_balance{project="llm-gateway"})',
      end - week,
      end,
      600,
    );
    const values = (balance?.values ?? []).map(([, value]) => value);
    const used = values
      .slice(1)
      .reduce((sum, value, index) => sum + Math.max(0, (values[index] ?? 0) - value), 0);
    t.true(used > 100);
    t.true(Math.abs((told ?? 0) / used - 1) < 0.01, `${JSON.stringify(gateway)}, expected ${used}`);
  }

  // Against the calendar itself.
  const sums = new Map<string, number>();
  const due = config.subscriptions.flatMap((one) => {
    const answers = answersFor(one, todayIn(one.timezone, now));
    const { price } = one;
    const add = (): void => {
      if (price !== undefined) sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.amount);
    };
    const since = answers?.overdueSince;
    if (since !== undefined) add();
    const passed = since === undefined ? [] : [`${one.name} ${since} overdue`];
    const first = answers?.days;
    if (first === undefined || first > 30) return passed;
    for (let day = first; day <= 30; day += one.cycleType === 'weekly' ? 7 : 31) add();
    return since === undefined
      ? [`${one.name} ${answers?.next} ${answers?.status === 0 ? 'due' : 'later'}`]
      : [...passed, `${one.name} undefined later`];
  });
  t.true(sums.size > 0);
  t.true(due.some((one) => one.endsWith(' overdue')));
  t.deepEqual(
    figures.renewals.map(({ name, date, state }) => `${name} ${date} ${state}`).toSorted(),
    due.toSorted(),
  );
  t.deepEqual([...figures.renewalSums].toSorted(), [...sums].toSorted());
  t.true(
    figures.failed.some(({ isDown, failures }) => isDown && failures > 0),
    JSON.stringify(figures.failed),
  );
}
