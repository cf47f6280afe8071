import test from 'ava';
import { mayCarryKeys, withoutTrailingSlashes } from '../../../exporter/config/address.ts';
import { Secret } from '../../../exporter/config/secret.ts';
import { mailboxSchema } from '../../../exporter/mail/schema.ts';
import { readPreset } from '../../../exporter/providers/presets/catalog.ts';
import { findProvider } from '../../../exporter/providers/registry.ts';
import { exampleOptions } from '../../support/presets.ts';

const addresses: readonly (readonly [string, boolean])[] = [
  ['https://vendor.example', true],
  ['HTTPS://vendor.example', true],
  ['http://127.0.0.1:8080/v1', true],
  ['http://127.8.9.10', true],
  ['http://127.1', true],
  ['http://2130706433', true],
  ['http://[::1]:8080', true],
  ['http://localhost', true],
  ['HTTP://vendor.example', false],
  ['http://10.0.0.1', false],
  ['http://127.vendor.example', false],
  ['http://localhost.vendor.example', false],
  ['http://[::2]', false],
  ['ftp://127.0.0.1', false],
  ['no url', false],
];

const oauth2 = { provider: 'custom', client_id: 'a', refresh_token: new Secret('TOKEN', 'planted-token') };

for (const [address, expected] of addresses) {
  test(`keys ${expected ? 'go' : 'do not go'} to ${address}, whoever asks`, (t) => {
    t.is(mayCarryKeys(address, false), expected);
    if (!/^https?:/i.test(address)) return;
    const ofPreset = findProvider('litellm')?.options.safeParse({
      ...exampleOptions(readPreset('litellm')),
      base_url: address,
    });
    t.is(ofPreset?.success, expected, 'a preset');
    const ofMail = mailboxSchema.safeParse({
      name: 'a',
      host: 'imap.vendor.example',
      user: 'u',
      oauth2: { ...oauth2, token_url: address },
    });
    t.is(ofMail.success, expected, 'a mailbox');
    const openrouter = findProvider('openrouter')?.options.safeParse({
      key: new Secret('KEY', 'planted-key'),
      base_url: address,
    });
    t.is(
      openrouter?.error?.issues.every(({ path }) => path[0] !== 'base_url') ?? true,
      expected,
      'a provider',
    );
  });
}

test('slashes at the end of an address are left out, those within it are not', (t) => {
  t.is(withoutTrailingSlashes('https://a//b///'), 'https://a//b');
  t.is(withoutTrailingSlashes('///'), '');
});
