import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadHttpClientConfig } from '../../../exporter/config/http-client-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'balance-alert-client-'));
const file = join(folder, 'client.yml');
test.after.always(() => rmSync(folder, { recursive: true }));

const loaded = (text: string) => {
  writeFileSync(file, text);
  return loadHttpClientConfig(file);
};

test('the file that promtool takes gives a header and an authority; relative paths start at its folder', (t) => {
  writeFileSync(join(folder, 'password'), 'p4ss word\n');
  t.deepEqual(
    loaded('basic_auth: { username: ops, password_file: password }\ntls_config: { ca_file: ca.crt }\n'),
    {
      ok: true,
      config: { authorization: `Basic ${btoa('ops:p4ss word')}`, caFile: join(folder, 'ca.crt') },
    },
  );
  t.deepEqual(loaded('authorization: { credentials: t0ken }\n'), {
    ok: true,
    config: { authorization: 'Bearer t0ken', caFile: undefined },
  });
  t.deepEqual(loaded(''), { ok: true, config: { authorization: undefined, caFile: undefined } });
});

test('every mistake is named with its line, and no credential is part of one', (t) => {
  writeFileSync(join(folder, 'empty'), '\n');
  for (const [text, ...expected] of [
    [
      'basic_auth: { username: ops, password: hunter22, password_file: x }\n',
      '1:1: basic_auth: expected either password or password_file',
    ],
    ['basic_auth: { username: ops }\n', '1:1: basic_auth: expected either password or password_file'],
    [
      'authorization: { credentials_file: empty }\n',
      '1:18: authorization.credentials_file: expected a value, got an empty file',
    ],
    [
      'basic_auth: { username: ops, password: hunter22 }\nauthorization: { credentials: hunter22 }\n',
      '2:1: authorization: expected either basic_auth or authorization, got both',
    ],
    ['tls_config: { cafile: x }\n', 'ca_file', 'cafile'],
    ['bearer_token: hunter22\n', 'unknown key'],
    ['basic_auth: { username: ops, password_file: absent }\n', 'ENOENT'],
  ]) {
    const result = loaded(text ?? '');
    if (result.ok) return t.fail(text);
    const all = result.errors.join('\n');
    for (const part of expected) t.true(all.includes(part), `${all}\nlacks ${part}`);
    t.false(all.includes('hunter22'));
  }
});
