import * as z from 'zod';
import { engineNames } from '../../../../infra/render/names.ts';
import { jsonOf } from '../../json.ts';
import { ask } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, counted, listed, ok, warning } from '../check.ts';
import type { Context } from '../subject.ts';

/** The exporter itself: whether it answers, whether its checks go on, and whether what it knows is kept. */

export function exporterChecks(context: Context): readonly Check[] {
  return [
    {
      id: 'exporter',
      link: 'exporter',
      needs: ['tunnels', 'container-exporter', 'network'],
      look: (signal) => answers(context, signal),
    },
    {
      id: 'account-file-loaded',
      link: 'account file in the exporter',
      needs: ['exporter'],
      look: (signal) => loaded(context, signal),
    },
    {
      id: 'snapshot',
      link: 'age of the snapshot',
      needs: ['exporter'],
      look: (signal) => snapshotAge(context, signal),
    },
    {
      id: 'storage',
      link: 'storage',
      needs: ['exporter'],
      look: (signal) => storage(context, signal),
    },
  ];
}

async function answers(context: Context, signal: AbortSignal): Promise<Finding> {
  const { exporter } = context.subject;
  const samples = await context.samples(signal);
  const build = samples.find(({ name }) => name === 'balance_alert_build_info');
  if (build === undefined) {
    const other = samples.find(({ name }) => /^(?!go_|process_|promhttp_)\w+_build_info$/.test(name));
    return broken(
      `what answers at ${exporter.url} is not the exporter${other === undefined ? '' : `: it has ${other.name}`}`,
      'another program has this port (9100 is also the default of node_exporter): stop it, or use another port',
    );
  }
  const ready = await ask(exporter, '/-/ready', context, { signal });
  const { version = '', revision = '' } = build.labels;
  return ready.status === 200
    ? ok(`version ${version} (${revision}) at ${exporter.url}`)
    : warning(
        `version ${version} (${revision}) at ${exporter.url} is not ready: ${ready.text.trim()}`,
        'wait until every account was checked once, then run this again',
      );
}

const statusSchema = z.object({ config: z.object({ errors: z.array(z.string()) }) });

async function loaded(context: Context, signal: AbortSignal): Promise<Finding> {
  const samples = await context.samples(signal);
  const last = samples.find(({ name }) => name === 'balance_alert_config_last_reload_successful');
  if (last?.value !== 0) return ok('the file in use is the last one that was read');
  const errors = await errorsOf(context, signal);
  const sentence = 'the last reload failed, and the previous account file is still in use';
  return broken(
    errors.length === 0 ? sentence : listed(sentence, errors),
    'correct the account file; `balance-alert --config.check` prints every error with its line',
  );
}

/** As the status page has them; none where it is out of reach. */
async function errorsOf(context: Context, signal: AbortSignal): Promise<readonly string[]> {
  const { status } = context.subject;
  if (status === undefined) return [];
  try {
    const { text } = await ask(status, '/api/v1/status', context, { signal });
    const parsed = statusSchema.safeParse(jsonOf(text));
    return parsed.success ? parsed.data.config.errors : [];
  } catch {
    return [];
  }
}

/** Checks are started within an interval and a tenth, and take a while. */
const lateAfterIntervals = 2;
const graceSeconds = 120;

async function snapshotAge(context: Context, signal: AbortSignal): Promise<Finding> {
  const samples = await context.samples(signal);
  const nowSeconds = (context.now() + (context.clocks.get(context.subject.exporter.name) ?? 0)) / 1000;
  const intervals = new Map(
    samples.flatMap(({ name, labels, value }) =>
      name === 'balance_alert_account_check_interval_seconds' ? [[labels['project'], value] as const] : [],
    ),
  );
  const ages = samples.flatMap(({ name, labels, value }) =>
    name === 'balance_alert_account_last_check_timestamp_seconds'
      ? [{ project: labels['project'] ?? '', seconds: nowSeconds - value }]
      : [],
  );
  const late = ages.filter(({ project, seconds }) => {
    const interval = intervals.get(project);
    return interval !== undefined && seconds > lateAfterIntervals * interval + graceSeconds;
  });
  if (late.length > 0)
    return broken(
      listed(
        `${counted(late.length, 'account')} not checked for more than ${lateAfterIntervals} intervals`,
        late.map(({ project, seconds }) => `${project}: ${Math.round(seconds / 60)} min ago`),
      ),
      'the poller stands still, or the machine is overloaded: see the log of the exporter, then restart it',
    );
  const leftOut = samples.filter(
    ({ name, value }) => name === 'balance_alert_entry_render_failures_total' && value > 0,
  );
  if (leftOut.length > 0)
    return warning(
      `entries were left out of scrapes because they could not be rendered (${leftOut.map(({ labels }) => labels['kind'] ?? '').join(', ')})`,
      'the log of the exporter names them',
    );
  const oldest = Math.max(0, ...ages.map(({ seconds }) => seconds));
  return ok(
    ages.length === 0
      ? 'no account was checked yet'
      : `every account was checked within ${Math.max(1, Math.round(oldest / 60))} min`,
  );
}

async function storage(context: Context, signal: AbortSignal): Promise<Finding> {
  const samples = await context.samples(signal);
  const failures =
    samples.find(({ name }) => name === 'balance_alert_storage_write_failures_total')?.value ?? 0;
  const lines = await logOf(context);
  const last = lines.findLast((line) => /writing to storage failed|storage recovered/.test(line));
  if (failures > 0 && last?.includes('storage recovered') !== true)
    return broken(
      `${counted(failures, 'write')} to --storage.path failed: what was not written is lost at the next restart`,
      'the log of the exporter has the reason: a full disk, a read-only mount, or a folder of another user (the container runs as 10001)',
      'when it is mended, the log says "storage recovered"; restart the exporter to reset the counter',
    );
  const setAside = lines.findLast((line) => line.includes('starting with'));
  if (setAside !== undefined)
    return warning(
      'the stored state was damaged or of a newer version, and was set aside at the last start',
      'counters may have begun anew; the log of the exporter names the file that was kept',
    );
  return failures > 0
    ? warning(
        `${counted(failures, 'write')} failed, and storage has recovered since`,
        'restart the exporter to reset the counter',
      )
    : ok('every write succeeded');
}

const logLines = 2000;

/** Of a container of the stack; elsewhere the log is out of reach. */
async function logOf({ subject: { stack } }: Context): Promise<readonly string[]> {
  if (stack === undefined) return [];
  try {
    return (
      await stack.engine.logs(engineNames(stack.settings.namePrefix).containers.exporter, logLines)
    ).split('\n');
  } catch {
    return [];
  }
}
