import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import { differences, generatedFiles } from '../../scripts/generate.ts';

test('rule files, dashboards and docs/metrics.md are what their sources make', async (t) => {
  t.deepEqual(await differences(resolve(import.meta.dirname, '../..')), { write: [], remove: [] });
});

test('a changed, a missing and a left-over file are each found', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'balance-alert-generated-'));
  t.teardown(() => rm(root, { recursive: true }));
  const { files } = generatedFiles();
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  t.deepEqual(await differences(root), { write: [], remove: [] });

  await writeFile(join(root, 'rules/generated/balance-alert.mail.yaml'), 'groups: []\n');
  await rm(join(root, 'docs/metrics.md'));
  await writeFile(join(root, 'dashboards/generated/zh/former.json'), '{}');
  t.deepEqual(await differences(root), {
    write: ['docs/metrics.md', 'rules/generated/balance-alert.mail.yaml'],
    remove: ['dashboards/generated/zh/former.json'],
  });
});

test('making everything twice gives the same bytes', (t) => {
  t.deepEqual([...generatedFiles().files], [...generatedFiles().files]);
});
