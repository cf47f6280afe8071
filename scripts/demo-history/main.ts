import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { readAccountFile } from '../../exporter/account-file/read.ts';
import { messageOf } from '../../exporter/errors.ts';
import { demoHistory } from './history.ts';

const usage = `Usage: node scripts/demo-history/main.ts [options] > history.om

Generates history of demo accounts, as OpenMetrics text for
  promtool tsdb create-blocks-from openmetrics history.om FOLDER

  --config.file FILE  the account file, with demo accounts only
                      (default: exporter/examples/demo.yaml)
  --days NUMBER       how far back (default: 30)
  --instance TARGET   the exporter's target in Prometheus (default: exporter:9100)
  --help              show this text
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'config.file': { type: 'string', default: 'exporter/examples/demo.yaml' },
      days: { type: 'string', default: '30' },
      instance: { type: 'string', default: 'exporter:9100' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const days = Number(values.days);
  if (!Number.isInteger(days) || days < 3 || days > 366) {
    throw new RangeError(`--days: expected a whole number from 3 to 366, got ${values.days}`);
  }
  const now = Date.now();
  const result = readAccountFile({
    file: values['config.file'],
    secretsDirectory: undefined,
    environment: process.env,
    now,
  });
  if (!result.ok) {
    throw new RangeError(result.errors.join('\n'));
  }
  const history = demoHistory({
    config: result.config,
    until: Math.floor(now / 1000),
    days,
    instance: values.instance,
  });
  for await (const text of history) {
    if (!process.stdout.write(text)) {
      await once(process.stdout, 'drain');
    }
  }
  return 0;
}

if (import.meta.main) {
  process.exitCode = await main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    return 2;
  });
}
