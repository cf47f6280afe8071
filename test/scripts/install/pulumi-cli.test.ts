import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { archiveName, checksumOf, installPulumiCli } from '../../../scripts/lib/install/pulumi-cli.ts';
import { run } from '../../../scripts/lib/terminal/process.ts';

const version = '3.270.0';
const archive = 'pulumi-v3.270.0-linux-x64.tar.gz';
const sumsUrl = `https://github.com/pulumi/pulumi/releases/download/v${version}/SHA512SUMS`;
const archiveUrl = `https://get.pulumi.com/releases/sdk/${archive}`;

/** An archive like Pulumi's, a folder for it, and servers that answer by a table. */
function release(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-pulumi-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'made/pulumi'), { recursive: true });
  writeFileSync(join(folder, 'made/pulumi/pulumi'), `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
  execFileSync('tar', ['-czf', join(folder, archive), '-C', join(folder, 'made'), 'pulumi']);
  const content = readFileSync(join(folder, archive));
  const checksum = createHash('sha512').update(content).digest('hex');
  const install = (answers: Readonly<Record<string, string | Buffer<ArrayBuffer>>>) =>
    installPulumiCli({
      version,
      platform: 'linux',
      architecture: 'x64',
      target: join(folder, 'versions', version),
      fetch: async (url) => new Response(answers[url] ?? null, { status: url in answers ? 200 : 404 }),
    });
  return { folder, content, checksum, install, cli: join(folder, 'versions', version, 'bin/pulumi') };
}

test('an archive with the released checksum is unpacked, and the checksum is given', async (t) => {
  const { folder, content, checksum, install, cli } = release(t);
  const sums = `${'0'.repeat(128)}  pulumi-v3.270.0-darwin-x64.tar.gz\n${checksum}  ${archive}\n`;
  t.deepEqual(await install({ [sumsUrl]: sums, [archiveUrl]: content }), { archive, checksum });
  t.is((await run(cli, ['version'], { cwd: folder })).stdout, `v${version}\n`);
  t.deepEqual(readdirSync(join(folder, 'versions')), [version]);
});

test('an archive with another checksum is refused, and nothing of it is left', async (t) => {
  const { folder, content, install, cli } = release(t);
  const expected = 'ab'.repeat(64);
  await t.throwsAsync(install({ [sumsUrl]: `${expected}  ${archive}\n`, [archiveUrl]: content }), {
    message: new RegExp(
      `^checksum mismatch for ${archive}: expected SHA-512 ${expected}, got [0-9a-f]{128}; `,
    ),
  });
  t.false(existsSync(cli));
  t.false(existsSync(join(folder, 'versions')));
});

test('an archive whose checksum cannot be had is not downloaded', async (t) => {
  const { content, checksum, install } = release(t);
  await t.throwsAsync(install({ [archiveUrl]: content }), { message: `${sumsUrl}: status 404` });
  await t.throwsAsync(install({ [sumsUrl]: `${checksum}  another.tar.gz\n`, [archiveUrl]: content }), {
    message: `the release lists no SHA-512 checksum of ${archive}`,
  });
});

test('a damaged archive with the right checksum leaves nothing behind', async (t) => {
  const { folder, install, cli } = release(t);
  const content = Buffer.from('no archive');
  const checksum = createHash('sha512').update(content).digest('hex');
  await t.throwsAsync(install({ [sumsUrl]: `${checksum} *${archive}\n`, [archiveUrl]: content }), {
    message: /^the archive could not be unpacked: /,
  });
  t.false(existsSync(cli));
  t.deepEqual(readdirSync(join(folder, 'versions')), []);
});

test('a checksum is the one of exactly that file', (t) => {
  const sum = 'c'.repeat(128);
  t.is(checksumOf(`${sum}  ./file\n`, 'file'), sum);
  t.is(checksumOf(`${sum.toUpperCase()} *file\r\n`, 'file'), sum);
  for (const line of [`${sum}  file.sig`, `${sum}  other-file`, `${sum.slice(1)}  file`, ''])
    t.throws(() => checksumOf(line, 'file'), undefined, line);
});

test('a platform without an archive is named', (t) => {
  t.is(
    archiveName({ version, platform: 'darwin', architecture: 'arm64' }),
    'pulumi-v3.270.0-darwin-arm64.tar.gz',
  );
  t.throws(() => archiveName({ version, platform: 'linux', architecture: 'riscv64' }), {
    message: 'Pulumi has no archive for linux riscv64',
  });
});
