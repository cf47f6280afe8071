import { dashboardSources, dataSourceUid, ruleFiles } from '../../../infra/render/content.ts';
import { withoutTrailingSlash } from '../../../infra/settings/hosts.ts';
import type { HttpAuth } from '../../../infra/settings/http-auth.ts';
import { exitCodes, Failure } from '../terminal/failure.ts';
import type { Server } from './ask.ts';
import type { Subject } from './subject.ts';

/** Servers that no stack of this checkout made, by their URLs. */

export const servers = ['exporter', 'status', 'prometheus', 'grafana', 'alertmanager'] as const;

export interface StandaloneOptions {
  readonly urls: Readonly<Partial<Record<(typeof servers)[number], string>>>;
  /** Of the data source of the dashboards, where it is not the one that the stack makes. */
  readonly dataSourceUid: string | undefined;
  /** Credentials, by `EXPORTER_AUTH` and so on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const names: Readonly<Record<(typeof servers)[number], string>> = {
  exporter: 'exporter',
  status: 'status page',
  prometheus: 'Prometheus',
  grafana: 'Grafana',
  alertmanager: 'Alertmanager',
};

/** @throws Failure (2) for what is no URL, and without the exporter's */
export function standaloneSubject({ urls, dataSourceUid: uid, environment }: StandaloneOptions): Subject {
  const [exporter, status, prometheus, grafana, alertmanager] = servers.map((kind) =>
    serverOf(kind, urls[kind], environment),
  );
  if (exporter === undefined)
    throw new Failure(
      '--exporter is missing: it is the beginning of the chain',
      ['scripts/doctor --help'],
      exitCodes.usage,
    );
  // Links in rules are the deployment's own, and are not compared.
  const links = { status: status?.url ?? exporter.url, grafana: grafana?.url ?? exporter.url };
  return {
    exporter,
    status,
    prometheus,
    grafana,
    alertmanager,
    managed: { prometheus: false, alertmanager: false, grafana: false },
    rules: prometheus === undefined ? [] : ruleFiles(links),
    dashboards: grafana === undefined ? [] : dashboardSources('en'),
    dataSource: grafana === undefined ? undefined : { uid: uid ?? dataSourceUid },
    stack: undefined,
  };
}

function serverOf(
  kind: (typeof servers)[number],
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Server | undefined {
  if (given === undefined) return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Failure(
      `--${kind}: expected a URL such as http://host:9100, got ${JSON.stringify(given)}`,
      [],
      exitCodes.usage,
    );
  const variable = `${kind.toUpperCase()}_AUTH`;
  if (url.username !== '' || url.password !== '')
    throw new Failure(
      `--${kind}: expected a URL without credentials, which other users of this machine could see`,
      [`put them into the environment variable ${variable}, as USER:PASSWORD or as a token`],
      exitCodes.usage,
    );
  return {
    name: names[kind],
    // The exporter's page of metrics is what people have at hand.
    url: withoutTrailingSlash(kind === 'exporter' ? given.replace(/\/metrics\/?$/, '') : given),
    auth: credentialsOf(environment[variable]),
    hint: `--${kind} is how this machine reaches it`,
    credentials: `set ${variable} to USER:PASSWORD or to a token`,
  };
}

function credentialsOf(text: string | undefined): HttpAuth | undefined {
  if (text === undefined || text === '') return undefined;
  const colon = text.indexOf(':');
  return colon === -1
    ? { kind: 'bearer', token: text }
    : { kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
}
