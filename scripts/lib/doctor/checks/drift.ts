import type { ComponentName } from '../../../../infra/render/names.ts';
import { engineNames } from '../../../../infra/render/names.ts';
import type { Check, Finding } from '../check.ts';
import { broken, listed, ok } from '../check.ts';
import type { Inspection } from '../inspect.ts';
import { readFiles } from '../inspect.ts';
import type { Context, StackSubject } from '../subject.ts';

/** Whether what runs is what the last run made, and what the files of the checkout say now. */

export function driftChecks(context: Context): readonly Check[] {
  const { stack } = context.subject;
  if (stack === undefined) return [];
  return [
    {
      id: 'deployed-files',
      link: 'account file and secrets as deployed',
      needs: ['account-file', 'secrets', 'container-exporter'],
      look: (signal) => deployedFiles(context, stack, signal),
    },
    {
      id: 'drift',
      link: 'containers as deployed',
      needs: ['engine', 'state'],
      look: (signal) => drift(context, stack, signal),
    },
  ];
}

async function deployedFiles(context: Context, stack: StackSubject, signal: AbortSignal): Promise<Finding> {
  const { engine, deployed } = stack;
  const id = (await context.containers(signal)).get('exporter')?.Id;
  if (deployed === undefined || id === undefined) return ok('nothing to compare');
  const [config, secrets] = await Promise.all([
    readFiles(engine, id, '/etc/balance-alert/config.yaml'),
    readFiles(engine, id, '/run/secrets'),
  ]);
  const differing: string[] = [];
  if (config?.get('config.yaml')?.toString('utf8') !== deployed.accounts)
    differing.push('the account file was changed since the last scripts/up');
  for (const [name, value] of Object.entries(deployed.secrets)) {
    if (secrets?.get(name)?.toString('utf8') !== value)
      differing.push(`the secret ${name} was changed since the last scripts/up`);
  }
  return differing.length === 0
    ? ok('the exporter has the account file and the secrets of this checkout')
    : broken(
        listed('the exporter does not have what is configured', differing),
        'scripts/up deploys the change',
      );
}

async function drift(
  context: Context,
  { settings, state }: StackSubject,
  signal: AbortSignal,
): Promise<Finding> {
  const names = engineNames(settings.namePrefix).containers;
  const inputs = new Map(
    state.resources.flatMap(({ id, inputs: given }) => (given === undefined ? [] : [[id, given]])),
  );
  const differing = [...(await context.containers(signal))].flatMap(([component, container]) => {
    const given = inputs.get(container.Id);
    return given === undefined ? [] : differencesOf(names, component, container, given);
  });
  return differing.length === 0
    ? ok('as the last run made them (scripts/up --dry-run shows what this checkout would change)')
    : broken(listed('containers were changed by hand', differing), 'scripts/up makes them again');
}

function differencesOf(
  names: Readonly<Record<ComponentName, string>>,
  component: ComponentName,
  { Image, Config, HostConfig }: Inspection,
  given: Readonly<Record<string, unknown>>,
): readonly string[] {
  const has = (name: string): readonly unknown[] => {
    const list = given[name];
    return Array.isArray(list) ? list : [];
  };
  const found: string[] = [];
  if (typeof given['image'] === 'string' && given['image'].startsWith('sha256:') && given['image'] !== Image)
    found.push('image');
  const environment = new Set(Config.Env);
  const missing = has('envs').filter((line) => typeof line === 'string' && !environment.has(line));
  // Names only: nothing says that a value is no secret.
  found.push(...missing.map((line) => `environment variable ${String(line).split('=')[0]}`));
  const command = has('command');
  if (command.length > 0 && JSON.stringify(command) !== JSON.stringify(Config.Cmd)) found.push('command');
  const memory = given['memory'];
  if (typeof memory === 'number' && memory * 1024 * 1024 !== HostConfig.Memory) found.push('memory limit');
  for (const port of has('ports')) {
    const { internal, external } = portOf(port);
    const bound = HostConfig.PortBindings[`${internal}/tcp`] ?? [];
    if (!bound.some(({ HostPort }) => HostPort === external)) found.push(`published port ${external}`);
  }
  return found.map((what) => `${names[component]}: ${what}`);
}

function portOf(port: unknown): { readonly internal: string; readonly external: string } {
  const field = (name: string) =>
    typeof port === 'object' && port !== null ? String(Reflect.get(port, name) ?? '') : '';
  return { internal: field('internal'), external: field('external') };
}
