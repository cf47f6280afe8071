import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Engine } from '../../../scripts/lib/docker/engine.ts';
import type { SessionOptions } from '../../../scripts/lib/stack/session.ts';
import { Interruption } from '../../../scripts/lib/terminal/process.ts';
import { engineWith } from '../docker/engine-server.ts';
import type { Answer, TestServer } from '../docker/http.ts';

/** What the CLI does, by the beginning of its arguments; the longest beginning that fits counts. */
export type CliAnswers = Readonly<
  Record<string, { readonly code?: number; readonly stdout?: string; readonly stderr?: string }>
>;

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A program in place of the Pulumi CLI: keeps what it is asked, answers by a table. A shell script, since there are hundreds of
 * runs: a shell starts in a millisecond, Node in fifty.
 */
function program(folder: string, answers: CliAnswers): string {
  const cases = Object.entries(answers)
    .toSorted(([one], [other]) => other.length - one.length)
    .map(
      ([beginning, { code = 0, stdout = '', stderr = '' }]) =>
        `${quoted(beginning)}*) printf %s ${quoted(stdout)}; printf %s ${quoted(stderr)} >&2; exit ${code};;`,
    );
  return `#!/bin/sh
printf '%s\\0' "$*" >> ${quoted(join(folder, 'asked'))}
/usr/bin/env -0 > ${quoted(join(folder, 'environment'))}
case "$*" in
${cases.join('\n')}
esac
printf 'not expected: %s' "$*" >&2
exit 99
`;
}

export interface TestSession {
  readonly options: SessionOptions;
  readonly root: string;
  readonly engine: Engine;
  readonly server: TestServer;
  /** What was printed, in order. */
  readonly said: readonly string[];
  /** The arguments of each run of the CLI, in order. */
  asked(): Promise<readonly string[]>;
  /** The environment of the last run of the CLI. */
  environment(): Promise<Readonly<Record<string, string>>>;
}

export interface TestSessionOptions {
  readonly cli?: CliAnswers;
  readonly engine?: Readonly<Record<string, Answer>>;
  /** Of the stack, without the engine's address. */
  readonly config?: Readonly<Record<string, string>>;
  readonly secretKeys?: readonly string[];
  readonly accounts?: string;
  readonly stacks?: readonly string[];
  readonly state?: unknown;
  readonly interruption?: Interruption;
}

/** The request for images of earlier builds. */
export const unnamedImages =
  'GET /images/json?filters=%7B%22dangling%22%3A%5B%22true%22%5D%2C%22label%22%3A%5B%22org.opencontainers.image.title%3Dbalance-alert%22%5D%7D';

/** An engine that has nothing. */
const emptyEngine: Readonly<Record<string, Answer>> = {
  'GET /info': { body: { ID: 'ENGINE', ServerVersion: '27.0', OSType: 'linux', Architecture: 'x86_64' } },
  'GET /version': { body: { Version: '27.0', ApiVersion: '1.47' } },
  'GET /containers/json?all=true': { body: [] },
  'GET /volumes': { body: { Volumes: [] } },
  'GET /networks': { body: [] },
  [unnamedImages]: { body: [] },
};

/** A checkout in a folder of its own, with a state of its own, another program for the CLI and another engine. */
export async function testSession(t: ExecutionContext, given: TestSessionOptions = {}): Promise<TestSession> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-session-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, 'checkout');
  await mkdir(root);
  await writeFile(join(root, 'Pulumi.yaml'), 'name: balance-alert\n');
  await writeFile(
    join(root, 'balance-alert.yaml'),
    given.accounts ?? 'subscriptions: [{ name: s, cycle: yearly, day: 03-15, amount: 1, currency: EUR }]\n',
  );

  const { engine, server } = await engineWith(t, { ...emptyEngine, ...given.engine });
  const cli = join(folder, 'pulumi');
  const values = {
    'docker:host': engine.host,
    'balance-alert:accountsFile': 'balance-alert.yaml',
    'balance-alert:images': '{"exporter":"registry.example/balance-alert:1"}',
    ...given.config,
  };
  const config = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      { value, secret: given.secretKeys?.includes(key) ?? false },
    ]),
  );
  const answers: CliAnswers = {
    'stack ls': {
      stdout: JSON.stringify((given.stacks ?? ['test']).map((name) => ({ name, current: name === 'test' }))),
    },
    'stack export': { stdout: given.state === undefined ? '' : JSON.stringify(given.state) },
    config: { stdout: JSON.stringify(config) },
    ...given.cli,
  };
  await writeFile(cli, program(folder, answers));
  await chmod(cli, 0o755);

  const kept = async (file: string): Promise<readonly string[]> =>
    (await readFile(join(folder, file), 'utf8')).split('\0').slice(0, -1);
  const said: string[] = [];
  return {
    root,
    engine,
    server,
    said,
    asked: () => kept('asked'),
    environment: async () =>
      Object.fromEntries(
        (await kept('environment')).map((entry) => {
          const [name = ''] = entry.split('=', 1);
          return [name, entry.slice(name.length + 1)];
        }),
      ),
    options: {
      root,
      environment: {
        HOME: folder,
        XDG_STATE_HOME: join(folder, 'state'),
        PATH: '',
        // Where no stack says which engine, this one counts: never that of the machine, whose stacks are real.
        DOCKER_HOST: engine.host,
      },
      console: {
        step: (text) => said.push(text),
        line: (text) => said.push(`  ${text}`),
        warn: (text) => said.push(`! ${text}`),
      },
      interruption: given.interruption ?? new Interruption(() => undefined),
      cli: { path: cli, version: '3.270.0' },
      stack: undefined,
    },
  };
}

/** A state as `pulumi stack export` writes it. */
export function stateWith(
  resources: readonly { readonly type: string; readonly name: string; readonly id?: string }[],
  changes: { readonly outputs?: unknown; readonly pending?: readonly string[] } = {},
): unknown {
  const urn = (type: string, name: string) => `urn:pulumi:test::balance-alert::${type}::${name}`;
  return {
    deployment: {
      resources: [
        {
          urn: urn('pulumi:pulumi:Stack', 'test'),
          type: 'pulumi:pulumi:Stack',
          outputs: changes.outputs ?? {},
        },
        ...resources.map(({ type, name, id }) => ({ urn: urn(type, name), type, id })),
      ],
      pending_operations: (changes.pending ?? []).map((name) => ({
        type: 'creating',
        resource: { urn: urn('docker:index/container:Container', name) },
      })),
    },
  };
}

/** A container as the engine lists it. */
export function listed(name: string, stack: string | undefined, changes: Record<string, unknown> = {}) {
  return {
    Id: `id-${name}`,
    Names: [`/${name}`],
    Labels: stack === undefined ? {} : { 'balance-alert.stack': stack },
    State: 'running',
    Status: 'Up 1 minute (healthy)',
    Ports: [],
    ...changes,
  };
}
