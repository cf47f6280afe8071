import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../terminal/failure.ts';
import { run } from '../terminal/process.ts';

/**
 * Downloads the Pulumi CLI of one version and verifies it before anything of it runs. The archive comes from Pulumi's own
 * server and its checksum from the release on GitHub, so that a change of one of them is noticed.
 */

export interface InstallCliOptions {
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  /** The folder whose `bin` the CLI goes to. */
  readonly target: string;
  readonly fetch: (url: string) => Promise<Response>;
}

export interface InstalledCli {
  readonly archive: string;
  /** SHA-512, in hexadecimal digits. */
  readonly checksum: string;
}

/** @throws Error that says what could not be downloaded, or that the archive is not the released one */
export async function installPulumiCli(options: InstallCliOptions): Promise<InstalledCli> {
  const { version, target } = options;
  const archive = archiveName(options);
  const sums = await download(
    `https://github.com/pulumi/pulumi/releases/download/v${version}/SHA512SUMS`,
    options,
  );
  const expected = checksumOf(sums.toString('utf8'), archive);
  const content = await download(`https://get.pulumi.com/releases/sdk/${archive}`, options);
  const checksum = createHash('sha512').update(content).digest('hex');
  if (checksum !== expected) {
    throw new Error(
      `checksum mismatch for ${archive}: expected SHA-512 ${expected}, got ${checksum}; nothing was installed`,
    );
  }
  await unpack(content, target);
  return { archive, checksum };
}

/** How Pulumi names its archives. @throws Error for a platform without one */
export function archiveName({
  version,
  platform,
  architecture,
}: Pick<InstallCliOptions, 'version' | 'platform' | 'architecture'>): string {
  if (!['linux', 'darwin'].includes(platform) || !['x64', 'arm64'].includes(architecture))
    throw new Error(`Pulumi has no archive for ${platform} ${architecture}`);
  return `pulumi-v${version}-${platform}-${architecture}.tar.gz`;
}

/** The checksum of a file in what `sha512sum` prints. @throws Error where it is not listed */
export function checksumOf(sums: string, file: string): string {
  for (const line of sums.split('\n')) {
    const [, checksum, name] = /^([0-9a-f]{128}) [ *](?:\.\/)?(\S+)\s*$/i.exec(line) ?? [];
    if (name === file && checksum !== undefined) return checksum.toLowerCase();
  }
  throw new Error(`the release lists no SHA-512 checksum of ${file}`);
}

async function download(url: string, { fetch }: InstallCliOptions): Promise<Buffer> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? ` (${messageOf(error.cause)})` : '';
    throw new Error(`${url}: ${messageOf(error)}${cause}`, { cause: error });
  }
}

/** The archive holds one folder, `pulumi`, with the CLI and its language hosts. */
async function unpack(content: Buffer, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  // Beside its place, so that it gets there by one rename, whole or not at all.
  const staging = await mkdtemp(join(dirname(target), '.install-'));
  const file = join(await mkdtemp(join(tmpdir(), 'balance-alert-pulumi-')), 'pulumi.tar.gz');
  try {
    await writeFile(file, content);
    const { code, stderr } = await run('tar', ['-xzf', file, '-C', staging], { cwd: staging });
    if (code !== 0) throw new Error(`the archive could not be unpacked: ${stderr.trim()}`);
    await mkdir(target, { recursive: true });
    await rm(join(target, 'bin'), { recursive: true, force: true });
    await rename(join(staging, 'pulumi'), join(target, 'bin'));
  } finally {
    await rm(staging, { recursive: true, force: true });
    await rm(dirname(file), { recursive: true, force: true });
  }
}
