import test from 'ava';
import { readHealthcheckFlags } from '../../../exporter/commands/healthcheck-flags.ts';

const environment = {
  BALANCE_ALERT_WEB_LISTEN_ADDRESS: ':9200',
  BALANCE_ALERT_WEB_CONFIG_FILE: '/etc/web.yaml',
};

test('a plain call is read as the parser of all commands reads it: flags before the environment, the first address', (t) => {
  const of = (words: readonly string[], variables = {}) => readHealthcheckFlags(words, variables);
  t.deepEqual(of([]), { address: { host: '127.0.0.1', port: 9100 }, webConfigFile: undefined });
  t.deepEqual(of([], environment), {
    address: { host: undefined, port: 9200 },
    webConfigFile: '/etc/web.yaml',
  });
  t.deepEqual(
    of(
      [
        '--web.listen-address=[::1]:1',
        '--web.listen-address',
        '127.0.0.1:2',
        '--web.config.file',
        'other.yaml',
      ],
      environment,
    ),
    { address: { host: '::1', port: 1 }, webConfigFile: 'other.yaml' },
  );
});

test('whatever is more than a plain call is left to the parser of all commands', (t) => {
  for (const words of [
    ['--help'],
    ['--web.listen-adress=:1'],
    ['extra'],
    ['--web.listen-address=nonsense'],
    ['--web.listen-address'],
  ]) {
    t.is(readHealthcheckFlags(words, environment), undefined, words.join(' '));
  }
});
