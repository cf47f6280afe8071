import * as z from 'zod';
import { exporterJob, exporterTarget } from '../../../../infra/render/prometheus.ts';
import { foreignTargetsExpression } from '../../stack/external-prometheus.ts';
import type { AskOptions, Server } from '../ask.ts';
import { ask, readAnswer } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, counted, listed, ok, warning } from '../check.ts';
import { queryVector, startedAtMs } from '../query.ts';
import type { Context } from '../subject.ts';

/** Prometheus, and what it sees of the exporter. */

export function prometheusChecks(context: Context): readonly Check[] {
  const { prometheus } = context.subject;
  if (prometheus === undefined) return [];
  return [
    {
      id: 'prometheus',
      link: 'Prometheus',
      needs: ['tunnels', 'container-prometheus'],
      look: (signal) => answers(prometheus, context, signal),
    },
    {
      id: 'target',
      link: 'scrape target',
      needs: ['prometheus'],
      look: (signal) => target(prometheus, context, signal),
    },
    {
      id: 'job',
      link: 'scrape job',
      needs: ['prometheus'],
      look: (signal) => job(prometheus, context, signal),
    },
    {
      id: 'samples',
      link: 'samples in Prometheus',
      needs: ['target'],
      look: (signal) => freshness(prometheus, context, signal),
    },
  ];
}

async function answers(prometheus: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const { status, text } = await ask(prometheus, '/api/v1/query?query=1', context, { signal });
  if (status === 503)
    return broken(
      `Prometheus at ${prometheus.url} is not ready: ${text.trim().slice(0, 200)}`,
      'after an unclean end it replays its write-ahead log first: wait, and see its log',
    );
  if (status !== 200 || !text.includes('"resultType"'))
    return broken(
      `${prometheus.url}/api/v1/query answers ${status}: expected the base URL of a Prometheus`,
      prometheus.hint,
    );
  return ok(`answers at ${prometheus.url}`);
}

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        scrapeUrl: z.string().default(''),
        health: z.string(),
        lastError: z.string(),
      }),
    ),
  }),
});

async function target(prometheus: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const path = '/api/v1/targets?state=active';
  const answer = await ask(prometheus, path, context, { signal });
  // A storage that scrapes nothing itself has no list of targets.
  if (answer.status === 404 || answer.status === 400) return targetBySeries(prometheus, context, signal);
  const { data } = readAnswer(prometheus, path, targetsSchema, answer);
  const targets = data.activeTargets.filter(({ labels }) => labels['job'] === exporterJob);
  if (targets.length === 0) return targetBySeries(prometheus, context, signal);
  const down = targets.filter(({ health }) => health === 'down');
  if (down.length > 0)
    return broken(
      listed(
        `${counted(down.length, 'target')} of the job ${exporterJob} ${down.length === 1 ? 'is' : 'are'} down`,
        down.map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`),
      ),
      ...new Set(down.map(({ lastError }) => remedyOf(lastError, context))),
    );
  if (targets.some(({ health }) => health !== 'up'))
    return warning('the exporter was not scraped yet', 'wait for one scrape interval, then run this again');
  return ok(targets.map(({ scrapeUrl }) => scrapeUrl).join(', '));
}

/** As the series tell: of what is scraped by something else and written into this storage. */
async function targetBySeries(prometheus: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const series = await queryVector(prometheus, `up{job="${exporterJob}"}`, context, signal);
  if (series.length === 0) return noJob(prometheus, context, signal);
  return series.some(({ value }) => value === 0)
    ? broken(
        `up{job="${exporterJob}"} is 0`,
        'see the targets of whatever scrapes the exporter (Prometheus, Alloy, vmagent) for its error',
      )
    : ok(`up{job="${exporterJob}"} is 1`);
}

/** Prometheus lists its first targets five seconds after its start. */
const discoveryMs = 15_000;

/** Jobs by another name that scrape the exporter. */
async function noJob(prometheus: Server, context: Context, signal: AbortSignal): Promise<Finding> {
  const series = await queryVector(prometheus, 'count by (job) (balance_alert_build_info)', context, signal);
  const others = series.flatMap(({ labels }) => labels['job'] ?? []);
  if (others.length > 0)
    return broken(
      `the exporter is scraped by the job ${others.join(', ')}, and rules and dashboards select ${exporterJob}`,
      `rename the job to ${exporterJob} (job_name), then reload Prometheus`,
    );
  const startMs = await startedAtMs(prometheus, context, signal);
  if (startMs !== undefined && context.now() - startMs < discoveryMs)
    return warning(
      'Prometheus was just started, and lists no targets yet',
      'run this again in a few seconds',
    );
  return broken(
    `Prometheus has no job ${exporterJob}`,
    context.subject.managed.prometheus
      ? 'its configuration is not the one of the stack: scripts/up'
      : 'scripts/scrape-config prints it for each kind of setup (docs/anywhere.md)',
  );
}

/** What to do about a failed scrape, by Prometheus' own words. */
const remedies: readonly { readonly pattern: RegExp; readonly todo: (context: Context) => string }[] = [
  {
    pattern: /no such host|server misbehaving|lookup .* on /,
    todo: ({ subject }) =>
      subject.managed.prometheus
        ? `Prometheus' container does not know the name ${exporterTarget}: both must be on the network of the stack: scripts/up`
        : "Prometheus' machine or container does not know that name: use another address of the exporter, or put both containers on one network (docs/anywhere.md)",
  },
  {
    pattern: /connection refused/,
    todo: () =>
      'nothing listens at that address as Prometheus sees it: inside a container, localhost is the container itself; a port published on loopback is out of reach for other machines',
  },
  {
    pattern: /\bEOF\b|connection reset/,
    todo: () =>
      'what listens there closes the connection: another network, or TLS on one side only (scheme: https)',
  },
  {
    pattern: /deadline exceeded|timeout/i,
    todo: () => 'no answer in time: a firewall, or the exporter is overloaded (scrape_timeout)',
  },
  {
    pattern: /\b401\b/,
    todo: () =>
      'the exporter asks for a password: add basic_auth to the job (scripts/scrape-config --username)',
  },
  {
    pattern: /\b404\b/,
    todo: () =>
      'another path: set metrics_path to --web.telemetry-path of the exporter; port 8080 is the status page, metrics are on 9100',
  },
  {
    pattern: /certificate|x509|tls/i,
    todo: () => 'set tls_config of the job: ca_file, server_name (scripts/scrape-config --tls --ca-file)',
  },
  { pattern: /HTTP response to HTTPS/, todo: () => 'the exporter has no TLS: scheme: http' },
];

function remedyOf(error: string, context: Context): string {
  return (
    remedies.find(({ pattern }) => pattern.test(error))?.todo(context) ??
    'see the page of targets of Prometheus, and the log of the exporter'
  );
}

async function job(prometheus: Server, context: AskOptions, signal: AbortSignal): Promise<Finding> {
  const foreign = await queryVector(prometheus, foreignTargetsExpression, context, signal);
  if (foreign.length === 0) return ok(`everything in the job ${exporterJob} is an exporter of balance-alert`);
  const instances = foreign.map(({ labels }) => labels['instance'] ?? 'an unknown instance');
  return broken(
    `the job ${exporterJob} also scrapes ${instances.join(', ')}, which is no exporter of balance-alert: rules and alerts take it for one`,
    'rename that job in the configuration of Prometheus',
  );
}

/** Whether the exporter's series can be queried: rules and dashboards look back five minutes for the last sample. */
async function freshness(prometheus: Server, context: AskOptions, signal: AbortSignal): Promise<Finding> {
  const series = `balance_alert_build_info{job="${exporterJob}"}`;
  const has = async (expression: string) =>
    (await queryVector(prometheus, expression, context, signal)).length > 0;
  if (await has(`count(${series})`)) return ok('the exporter was scraped within the past five minutes');
  if (!(await has(`count(last_over_time(${series}[1h]))`)))
    return warning(
      'Prometheus has no sample of the exporter yet',
      'wait for one scrape interval, then run this again',
    );
  return broken(
    'the last sample of the exporter is older than five minutes',
    'Prometheus cannot store samples: see its log for a full disk or samples that are out of bounds (a clock that went back)',
  );
}
