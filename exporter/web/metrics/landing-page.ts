import type { Shard } from '../../account-file/shard.ts';
import { escapeHtml } from '../html.ts';

/** The page at `/` of the metrics port: what this is, and where things are. All its parts are the program's own. */
export function landingPage(options: {
  readonly version: string;
  readonly telemetryPath: string;
  readonly statusPort: number | undefined;
  readonly shard?: Shard | undefined;
}): string {
  const links = [
    [options.telemetryPath, 'Metrics'],
    ['/config', 'Configuration (secrets masked)'],
    ['/-/healthy', 'Health'],
    ['/-/ready', 'Readiness'],
  ] as const;
  const items = links
    .map(([path, title]) => `<li><a href="${escapeHtml(path)}">${title}</a></li>`)
    .join('\n');
  const { shard } = options;
  const part =
    shard === undefined
      ? ''
      : `<p>Shard ${shard.number} of ${shard.count} of the entries in the account file.</p>\n`;
  const status =
    options.statusPort === undefined ? '' : `<p>The status page is on port ${options.statusPort}.</p>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>balance-alert</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark; }</style>
</head>
<body>
<h1>balance-alert</h1>
<p>Exports balances, quotas, renewals and billing mail as Prometheus metrics. Version ${escapeHtml(options.version)}.</p>
${part}${status}<ul>
${items}
</ul>
</body>
</html>
`;
}
