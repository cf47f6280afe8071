import type { RuleFile } from '../../settings/rule-files.ts';
import { toYaml } from '../yaml.ts';
import { scrapeJob } from './job.ts';
import { notesOf } from './notes.ts';
import type { ScrapeAccess, ScrapeTarget } from './target.ts';

/** Everything that another Prometheus loads, as files: the job, what its discovery needs, and the rules beside them. */

export interface ScrapeFilesOptions {
  readonly target: ScrapeTarget;
  readonly scrapeIntervalSeconds: number;
  readonly access: ScrapeAccess;
  readonly rules: readonly RuleFile[];
  /** `HOST:PORT` of the exporters, for discoveries that are fed by a file or a registration. */
  readonly addresses: readonly string[];
}

export const scrapeFile = 'balance-alert.scrape.yaml';
export const targetsFile = 'balance-alert.targets.yaml';
export const consulFile = 'balance-alert.consul.hcl';

/** The job with what has to be true for it. `scrape_config_files` (Prometheus 2.43) takes it as it is. */
export function renderScrapeFile({
  target,
  scrapeIntervalSeconds,
  access,
}: Pick<ScrapeFilesOptions, 'target' | 'scrapeIntervalSeconds' | 'access'>): string {
  const comments = [
    ...notesOf(target),
    '',
    'Put the job under scrape_configs of prometheus.yml, or name this file under scrape_config_files (Prometheus 2.43 or newer),',
    'and the rules, which --out writes, under rule_files: rules/balance-alert.*.yaml',
  ];
  return `${comments.map(comment).join('')}${toYaml({ scrape_configs: [scrapeJob(target, scrapeIntervalSeconds, access)] })}`;
}

/** By path in the folder that takes them. */
export function renderScrapeFiles(options: ScrapeFilesOptions): ReadonlyMap<string, string> {
  const files = new Map([[scrapeFile, renderScrapeFile(options)]]);
  const { target } = options;
  if (target.kind === 'file' && options.addresses.length > 0) {
    files.set(
      targetsFile,
      `${comment(`Prometheus reads it as ${target.path}.`)}${toYaml([{ targets: [...options.addresses] }])}`,
    );
  }
  if (target.kind === 'consul' && options.addresses.length > 0)
    files.set(consulFile, consulServices(target.service, options.addresses));
  for (const { file, text } of options.rules) files.set(`rules/${file}`, text);
  return files;
}

function comment(text: string): string {
  return text === '' ? '#\n' : `# ${text}\n`;
}

/** Registrations for `consul services register FILE`. The check lists an exporter that is down, and Prometheus scrapes it all the same. */
function consulServices(service: string, addresses: readonly string[]): string {
  return addresses
    .map((address, index) => {
      const { hostname, port } = new URL(`http://${address}`);
      const host = hostname.replace(/^\[|\]$/g, '');
      const id = addresses.length === 1 ? service : `${service}-${index + 1}`;
      return `service {
  id      = ${JSON.stringify(id)}
  name    = ${JSON.stringify(service)}
  address = ${JSON.stringify(host)}
  port    = ${port}
  check {
    http     = ${JSON.stringify(`http://${address}/-/healthy`)}
    interval = "30s"
    timeout  = "5s"
  }
}
`;
    })
    .join('\n');
}
