import test from 'ava';
import { vendorOf } from '../../../exporter/accounts/vendor.ts';
import { accountConfig } from '../../support/snapshots.ts';

const vendor = (provider: string, options: unknown) => vendorOf(accountConfig({ provider, options }));

test('accounts of one provider share a limit where they ask the same host, and only there', (t) => {
  const one = vendor('deepseek', { base_url: 'https://api.deepseek.com' });
  t.is(vendor('deepseek', { base_url: 'https://api.deepseek.com/llm' }), one);
  t.not(vendor('deepseek', { base_url: 'https://gateway.example' }), one);
  t.is(vendor('json', { url: 'https://api.deepseek.com/user/balance' }), one);
  t.is(vendor('aliyun', { endpoint: 'https://business.aliyuncs.com' }), 'https://business.aliyuncs.com');
  t.is(vendor('json', { requests: [{ url: 'https://gateway.example/a' }] }), 'https://gateway.example');
  t.is(vendor('demo', {}), 'demo');
  t.is(vendor('demo', undefined), 'demo');
});
