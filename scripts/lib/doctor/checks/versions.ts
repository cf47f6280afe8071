import * as z from 'zod';
import type { ComponentName } from '../../../../infra/render/names.ts';
import { engineNames } from '../../../../infra/render/names.ts';
import { jsonOf } from '../../json.ts';
import type { Server } from '../ask.ts';
import { ask, withoutCredentials } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, listed, ok, skipped, warning } from '../check.ts';
import type { Context, StackSubject } from '../subject.ts';

/** Versions: of the servers against what is supported, of images against what is pinned, of the exporter against the checkout. */

export function versionChecks(context: Context): readonly Check[] {
  const { stack } = context.subject;
  return [
    { id: 'versions', link: 'versions', needs: [], look: (signal) => versions(context, signal) },
    ...(stack?.state.outputs['certificatesExpireAt'] === undefined
      ? []
      : [
          {
            id: 'certificates',
            link: 'certificates',
            needs: [],
            look: () => certificates(String(stack.state.outputs['certificatesExpireAt']), context.now()),
          },
        ]),
    ...(stack === undefined
      ? []
      : [
          {
            id: 'images',
            link: 'images',
            needs: ['settings', 'engine'],
            look: (signal: AbortSignal) => images(context, stack, signal),
          },
        ]),
  ];
}

/** The oldest releases that rules, configuration and dashboards are tested with. */
const oldest = { Prometheus: '2.42.0', Alertmanager: '0.25.0', Grafana: '10.0.0' } as const;

const versionText = z.string().default('');
/** VictoriaMetrics calls itself 2.24.0 there, without the other fields. */
const buildInfo = z
  .object({ data: z.object({ version: versionText, goVersion: z.string() }) })
  .transform(({ data }) => data.version);
const amStatus = z
  .object({ versionInfo: z.object({ version: versionText }) })
  .transform(({ versionInfo }) => versionInfo.version);
const health = z.object({ version: versionText }).transform(({ version }) => version);

async function versions(context: Context, signal: AbortSignal): Promise<Finding> {
  const { prometheus, alertmanager, grafana } = context.subject;
  const asked = [
    { name: 'Prometheus', server: prometheus, path: '/api/v1/status/buildinfo', schema: buildInfo },
    { name: 'Alertmanager', server: alertmanager, path: '/api/v2/status', schema: amStatus },
    { name: 'Grafana', server: grafana && withoutCredentials(grafana), path: '/api/health', schema: health },
  ] as const;
  const found = await Promise.all(
    asked.map(async ({ name, server, path, schema }) => ({
      name,
      version: server === undefined ? undefined : await versionOf(server, path, schema, context, signal),
    })),
  );
  const known = found.flatMap(({ name, version }) => (version === undefined ? [] : [{ name, version }]));
  const tooOld = known.filter(({ name, version }) => isOlder(version, oldest[name]));
  const said = known.map(({ name, version }) => `${name} ${version}`).join(', ');
  if (tooOld.length > 0)
    return broken(
      `${tooOld.map(({ name, version }) => `${name} ${version} is older than ${oldest[name]}`).join(', ')}: rules or dashboards may fail there`,
      'update it',
    );
  return said === '' ? skipped('no server tells its version') : ok(said);
}

/** Undefined where the server does not answer or tells none: whether it answers is another check. */
async function versionOf(
  server: Server,
  path: string,
  schema: z.ZodType<string>,
  context: Context,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const parsed = schema.safeParse(jsonOf((await ask(server, path, context, { signal })).text));
    return parsed.success && parsed.data !== '' ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) =>
    text
      .replace(/^v/, '')
      .split(/[.+~-]/)
      .slice(0, 3)
      .map(Number);
  const [parts, others] = [numbers(version), numbers(than)];
  if (Number.isNaN(parts[0] ?? Number.NaN)) return false;
  for (const [index, other] of others.entries()) {
    const part = parts[index] ?? 0;
    if (part !== other) return part < other;
  }
  return false;
}

const dayMs = 86_400_000;

/** `scripts/up` renews them in their last 60 days. */
const soonDays = 30;

function certificates(expireAt: string, nowMs: number): Finding {
  const days = Math.floor((Date.parse(expireAt) - nowMs) / dayMs);
  const date = expireAt.slice(0, 10);
  if (days < 0) return broken(`the certificates of the stack ended on ${date}`, 'scripts/up renews them');
  return days < soonDays
    ? warning(`the certificates of the stack end on ${date}, in ${days} days`, 'scripts/up renews them')
    : ok(`valid until ${date}`);
}

const imageSchema = z.object({ Id: z.string() });

async function images(context: Context, stack: StackSubject, signal: AbortSignal): Promise<Finding> {
  const { engine, settings } = stack;
  const { exporter } = settings.images;
  const names = engineNames(settings.namePrefix);
  const there = await context.containers(signal);
  if (there.size === 0) return skipped('no container of the stack exists');
  const pins: Readonly<Record<ComponentName, string>> = {
    exporter: exporter.kind === 'given' ? exporter.reference : names.exporterImage,
    relay: exporter.kind === 'given' ? exporter.reference : names.exporterImage,
    prometheus: settings.images.prometheus,
    alertmanager: settings.images.alertmanager,
    grafana: settings.images.grafana,
  };
  const other: string[] = [];
  for (const [component, { Image }] of there) {
    const reference = pins[component];
    const { status, body } = await engine.call('GET', `/images/${reference}/json`);
    const parsed = imageSchema.safeParse(jsonOf(body.toString('utf8')));
    if (status === 404) other.push(`${names.containers[component]}: ${reference} is not on the engine`);
    else if (parsed.success && parsed.data.Id !== Image)
      other.push(`${names.containers[component]}: runs another image than ${reference}`);
  }
  if (other.length > 0)
    return broken(listed('images are not the pinned ones', other), 'scripts/up runs what this checkout pins');
  const [revision, running] = await Promise.all([stack.revision(), runningRevision(context, signal)]);
  if (revision !== undefined && running !== undefined && running !== revision)
    return broken(
      `the exporter is of the revision ${running}, and this checkout has ${revision}`,
      'scripts/up builds and deploys it',
    );
  return running === undefined
    ? warning('the pinned images run; the revision of the exporter is not known', 'see the exporter')
    : ok(`the pinned images run; exporter of revision ${running}`);
}

async function runningRevision(context: Context, signal: AbortSignal): Promise<string | undefined> {
  try {
    const samples = await context.samples(signal);
    return samples.find(({ name }) => name === 'balance_alert_build_info')?.labels['revision'];
  } catch {
    return undefined;
  }
}
