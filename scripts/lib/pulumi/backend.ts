import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, glob, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import * as z from 'zod';
import { codeOf, Failure } from '../terminal/failure.ts';

/** Where Pulumi keeps its state: the user's own backend where there is one, else a folder on this machine. */

export interface Backend {
  /** For people. */
  readonly description: string;
  /** What the CLI's environment needs on top. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the passphrase is, where it is ours. */
  readonly passphraseFile: string | undefined;
}

export interface BackendSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of Pulumi.yaml. */
  readonly project: string;
  /** The text of the CLI's credentials file; undefined where there is none. */
  readonly credentials: string | undefined;
  readonly home: string;
}

/**
 * Decides by what the CLI itself would look at, in its order, and asks no network: an environment variable, the
 * project file, an access token, a login. Without any of these it is a folder of this user's state, encrypted by a
 * passphrase that is made once.
 */
export function chooseBackend(sources: BackendSources): Backend {
  const { environment } = sources;
  const chosen =
    environment['PULUMI_BACKEND_URL'] ||
    backendOfProject(sources.project) ||
    (environment['PULUMI_ACCESS_TOKEN'] ? 'Pulumi Cloud' : undefined) ||
    loginOf(sources.credentials);
  if (chosen !== undefined) return { description: chosen, environment: {}, passphraseFile: undefined };

  const folder = join(
    environment['XDG_STATE_HOME'] || join(sources.home, '.local', 'state'),
    'balance-alert',
  );
  const passphraseFile = join(folder, 'passphrase');
  const ownPassphrase =
    environment['PULUMI_CONFIG_PASSPHRASE'] !== undefined ||
    environment['PULUMI_CONFIG_PASSPHRASE_FILE'] !== undefined;
  const url = `file://${folder}`;
  return {
    description: url,
    environment: {
      PULUMI_BACKEND_URL: url,
      ...(ownPassphrase ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
    },
    passphraseFile: ownPassphrase ? undefined : passphraseFile,
  };
}

/** Reads what `chooseBackend` needs. */
export async function findBackend(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Backend> {
  const home = environment['HOME'] || homedir();
  const pulumiHome = environment['PULUMI_HOME'] || join(home, '.pulumi');
  return chooseBackend({
    environment,
    home,
    project: await readFile(join(root, 'Pulumi.yaml'), 'utf8'),
    credentials: await readIfThere(environment['PULUMI_CREDENTIALS_PATH'] ?? pulumiHome),
  });
}

/**
 * Makes the folder and the passphrase where they are ours and not there yet. A passphrase that is there is never
 * touched: without it, nothing in the state could be read again. One that is gone is not replaced while a state needs it.
 * @throws Failure with what to do where the passphrase is empty, or gone while a state is encrypted with it
 */
export async function prepareBackend(backend: Backend): Promise<void> {
  const url = backend.environment['PULUMI_BACKEND_URL'];
  if (url === undefined) return;
  const folder = url.slice('file://'.length);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = backend.passphraseFile;
  if (file === undefined) return;
  if ((await sizeOf(file)) === undefined) {
    await assertNothingEncrypted(folder, file);
    await makePassphrase(file);
  }
  const { mode, size } = await stat(file);
  if (size === 0) {
    throw new Failure(`the passphrase file ${file} is empty`, [
      'restore it from a backup, or delete it together with the state beside it',
    ]);
  }
  if ((mode & 0o077) !== 0) await chmod(file, 0o600);
}

/** Of two runs at once, one makes it, and neither sees it without its content. */
async function makePassphrase(file: string): Promise<void> {
  const made = `${file}.${randomUUID()}`;
  await writeFile(made, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  try {
    await link(made, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(made);
  }
}

/** In bytes; undefined where there is no such file or folder. */
export async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** As far as it is read: the CLI writes a file per stack, compressed where `PULUMI_DIY_BACKEND_GZIP` is set. */
const stateFile = z.object({
  checkpoint: z.object({ latest: z.object({ secrets_providers: z.object({ type: z.string() }) }) }),
});

/** What to do about a passphrase that is gone. */
export const lostPassphrase = [
  'restore it from a backup',
  'without one: docs/operations.md, "The passphrase is lost"',
] as const;

/** A new passphrase would let the CLI say of a state that the old one belongs to that it is incorrect. */
async function assertNothingEncrypted(folder: string, file: string): Promise<void> {
  const state = await stateWithPassphrase(folder);
  if (state === undefined) return;
  throw new Failure(
    `the passphrase file ${file} is missing, and ${state} is encrypted with it`,
    lostPassphrase,
  );
}

/** The file of a stack in this folder that a passphrase encrypts; undefined where there is none, as where keys are a cloud's. */
export async function stateWithPassphrase(folder: string): Promise<string | undefined> {
  for await (const name of glob('.pulumi/stacks/**/*.{json,json.gz}', { cwd: folder })) {
    const path = join(folder, name);
    const bytes = await readFile(path);
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const state = stateFile.safeParse(JSON.parse(text));
    if (state.success && state.data.checkpoint.latest.secrets_providers.type === 'passphrase') return path;
  }
  return undefined;
}

function backendOfProject(text: string): string | undefined {
  const project: unknown = parse(text);
  if (typeof project !== 'object' || project === null || !('backend' in project)) return undefined;
  const { backend } = project;
  const url = typeof backend === 'object' && backend !== null && 'url' in backend ? backend.url : undefined;
  return typeof url === 'string' && url !== '' ? url : undefined;
}

function loginOf(credentials: string | undefined): string | undefined {
  if (credentials === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(credentials);
    const current =
      typeof parsed === 'object' && parsed !== null && 'current' in parsed ? parsed.current : undefined;
    return typeof current === 'string' && current !== '' ? current : undefined;
  } catch {
    return undefined;
  }
}

/** The CLI's `credentials.json` in a folder. */
async function readIfThere(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, 'credentials.json'), 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
