import test from 'ava';
import fc from 'fast-check';
import { metricNames, sample } from '../../../exporter/metrics/catalog.ts';
import { renderHeader, renderSample, renderValue } from '../../../exporter/metrics/exposition.ts';

const up = (project: string, value = 1) =>
  renderSample(sample('balance_alert_account_up', { project, provider: 'demo' }, value));

test('a line has the name, the labels and the value', (t) => {
  t.is(up('a'), 'balance_alert_account_up{project="a",provider="demo"} 1\n');
});

test('a metric without labels has no braces', (t) => {
  t.is(
    renderSample(sample('balance_alert_config_last_reload_successful', {}, 0)),
    'balance_alert_config_last_reload_successful 0\n',
  );
});

test('a label without a value is left out', (t) => {
  const labels = { project: 'a', provider: 'demo', account_owner: '', console_url: '' };
  t.is(
    renderSample(sample('balance_alert_account_info', labels, 1)),
    'balance_alert_account_info{project="a",provider="demo"} 1\n',
  );
});

test('quotes, backslashes and line breaks are escaped, and nothing else', (t) => {
  t.is(
    up('say "hi"\\\n余额\t<b>'),
    'balance_alert_account_up{project="say \\"hi\\"\\\\\\n余额\t<b>",provider="demo"} 1\n',
  );
});

test('half a surrogate pair becomes the replacement character', (t) => {
  t.is(up('a\uD800b'), 'balance_alert_account_up{project="a\uFFFDb",provider="demo"} 1\n');
});

test('special values are written as Prometheus reads them', (t) => {
  t.deepEqual(
    [0, -12.5, 1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(renderValue),
    ['0', '-12.5', '1e+21', '1e-7', 'NaN', '+Inf', '-Inf'],
  );
});

test('each metric of the catalogue has a header of two lines', (t) => {
  for (const name of metricNames) {
    const [help = '', type = '', ...rest] = renderHeader(name).split('\n');
    t.true(help.startsWith(`# HELP ${name} `));
    t.regex(type, new RegExp(`^# TYPE ${name} (gauge|counter)$`));
    t.deepEqual(rest, ['']);
  }
});

/** Reads one label of a line, as the format's definition says, by other means than the writer's. */
function labelOf(line: string, label: string): string {
  const start = line.indexOf(`${label}="`) + label.length + 2;
  let value = '';
  for (let index = start; line[index] !== '"'; index += 1) {
    if (line[index] === '\\') {
      index += 1;
      value += line[index] === 'n' ? '\n' : line[index];
    } else {
      value += line[index];
    }
  }
  return value;
}

test('any label value can be read back', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
      const line = up(value);
      t.is(line.split('\n').length, 2);
      t.is(labelOf(line, 'project'), value.toWellFormed());
    }),
  );
});
