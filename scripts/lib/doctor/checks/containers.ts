import type { ComponentName } from '../../../../infra/render/names.ts';
import { engineNames, stackLabel } from '../../../../infra/render/names.ts';
import { engineIdOf, idsOf } from '../../pulumi/state.ts';
import type { Check, Finding } from '../check.ts';
import { broken, counted, ok, warning } from '../check.ts';
import type { Inspection } from '../inspect.ts';
import { expectedComponents } from '../inspect.ts';
import type { Context, StackSubject } from '../subject.ts';

/** The engine and what runs on it: each container there, running, healthy, and on the stack's network under its alias. */

export function containerChecks(context: Context): readonly Check[] {
  const { stack } = context.subject;
  if (stack === undefined) return [];
  return [
    { id: 'engine', link: 'Docker engine', needs: [], look: () => engineAnswers(stack) },
    ...expectedComponents(stack.settings).map((component) => ({
      id: `container-${component}`,
      link: `container ${engineNames(stack.settings.namePrefix).containers[component]}`,
      needs: ['engine'],
      look: (signal: AbortSignal) => containerRuns(context, stack, component, signal),
    })),
    {
      id: 'network',
      link: 'network between the containers',
      needs: ['engine'],
      look: (signal) => networkConnects(context, stack, signal),
    },
  ];
}

async function engineAnswers({ engine, settings, state }: StackSubject): Promise<Finding> {
  const info = await engine.info();
  const last = engineIdOf(state);
  const made = idsOf(state, 'docker:index/container:Container').length > 0;
  if (last !== undefined && last !== info.id && made)
    return broken(
      `${settings.engine.host} is not the engine that this stack was created on (${last} then, ${info.id} now)`,
      'restore docker:host, or remove the stack from that engine first',
    );
  return ok(`Docker ${info.version} (${info.platform}) at ${settings.engine.host}`);
}

async function containerRuns(
  context: Context,
  stack: StackSubject,
  component: ComponentName,
  signal: AbortSignal,
): Promise<Finding> {
  const { settings, state } = stack;
  const name = engineNames(settings.namePrefix).containers[component];
  const known = new Set(idsOf(state, 'docker:index/container:Container'));
  const container = (await context.containers(signal)).get(component);
  if (container === undefined)
    return broken(
      known.size === 0 ? 'it does not exist yet' : 'it is gone: it was removed by hand',
      'scripts/up creates it; its data is in a volume and is kept',
    );
  const problem = problemOf(component, name, container, settings.stack, known);
  if (problem !== undefined) {
    const { Status, ExitCode } = container.State;
    const said = Status === 'exited' && ExitCode === 0 ? [] : await lastWords(stack, name);
    return broken([problem.line, ...said.map((line) => `  ${line}`)].join('\n'), problem.todo);
  }
  const ooms = await outOfMemory(context, stack, container.Id);
  if (ooms > 0)
    return warning(
      `it ran out of memory ${counted(ooms, 'time')} within a day, and was restarted`,
      `raise balance-alert:resources.${component}.memory, then run scripts/up`,
    );
  if (container.RestartCount > 0)
    return warning(
      `it was restarted ${counted(container.RestartCount, 'time')} since it was created`,
      `docker logs ${name} says why`,
    );
  return ok(container.State.Health?.Status ?? container.State.Status);
}

/** What is wrong with a container; undefined where nothing is. */
function problemOf(
  component: ComponentName,
  name: string,
  { Id, State, Config }: Inspection,
  stack: string,
  known: ReadonlySet<string>,
): { readonly line: string; readonly todo: string } | undefined {
  const owner = Config.Labels[stackLabel];
  if (owner !== stack)
    return {
      line: `it ${owner === undefined ? 'was not created by balance-alert' : `belongs to the stack ${owner}`}`,
      todo: 'remove that container, or set another balance-alert:namePrefix, then run scripts/up',
    };
  if (known.size > 0 && !known.has(Id))
    return {
      line: `it is not the container that the state has: it was recreated by hand, or a run was killed`,
      todo: 'scripts/up --repair removes it and creates it again',
    };
  if (State.OOMKilled)
    return {
      line: `it was killed because it ran out of memory (${State.Status})`,
      todo: `raise balance-alert:resources.${component}.memory, then run scripts/up`,
    };
  if (State.Status === 'exited' && State.ExitCode === 0)
    return { line: 'it was stopped by hand', todo: `docker start ${name}, or scripts/up` };
  if (State.Status !== 'running')
    return {
      line: `it is ${State.Status} (exit code ${State.ExitCode})${State.Error === '' ? '' : `: ${State.Error}`}`,
      todo: `docker logs ${name} says why; a data volume of a newer version must be restored from a backup, or removed`,
    };
  if (State.Health?.Status === 'unhealthy') {
    const said = State.Health.Log.at(-1)?.Output.trim() ?? '';
    return {
      line: `it is unhealthy${said === '' ? '' : `: ${said.slice(0, 200)}`}`,
      todo: `docker logs ${name} says why`,
    };
  }
  return undefined;
}

const shownLines = 3;

/** The last lines that a container printed, without credentials. */
async function lastWords({ engine, redact }: StackSubject, name: string): Promise<readonly string[]> {
  try {
    const lines = (await engine.logs(name, shownLines)).trimEnd().split('\n');
    return lines.filter((line) => line !== '').map((line) => redact(line).slice(0, 300));
  } catch {
    return [];
  }
}

/** How often it ran out of memory in the past day, as far back as the engine remembers its events. */
async function outOfMemory(context: Context, { engine }: StackSubject, id: string): Promise<number> {
  const until = Math.floor(context.now() / 1000);
  const query = new URLSearchParams({
    since: String(until - 86_400),
    until: String(until),
    filters: JSON.stringify({ event: ['oom'], container: [id] }),
  });
  const { status, body } = await engine.call('GET', `/events?${query}`);
  return status === 200
    ? body
        .toString('utf8')
        .split('\n')
        .filter((line) => line.includes('"oom"')).length
    : 0;
}

async function networkConnects(
  context: Context,
  { settings }: StackSubject,
  signal: AbortSignal,
): Promise<Finding> {
  const { network, containers } = engineNames(settings.namePrefix);
  const there = await context.containers(signal);
  const cut: ComponentName[] = [...there].flatMap(([component, { NetworkSettings }]) =>
    NetworkSettings.Networks[network]?.Aliases.includes(component) === true ? [] : [component],
  );
  if (cut.length === 0) return ok(`all on the network ${network}, under their names`);
  return broken(
    `${cut.map((component) => containers[component]).join(', ')}: not on the network ${network} under the name that the others use`,
    ...cut.map(
      (component) =>
        `docker network connect --alias ${component} ${network} ${containers[component]}, or scripts/up`,
    ),
  );
}
