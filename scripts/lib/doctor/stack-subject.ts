import { renderAlertmanagerConfig } from '../../../infra/render/alertmanager.ts';
import { dashboardSources, ruleFiles } from '../../../infra/render/content.ts';
import { dataSourceOf } from '../../../infra/render/data-source.ts';
import { adminUser } from '../../../infra/render/grafana.ts';
import { webUser } from '../../../infra/render/tls/client.ts';
import type { HttpAuth } from '../../../infra/settings/http-auth.ts';
import { authOf } from '../../../infra/settings/http-auth.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import { exporterRevision } from '../bundle/revision.ts';
import { connectEngine } from '../docker/engine.ts';
import type { StackState } from '../pulumi/state.ts';
import { redactorFor } from '../stack/test-alert.ts';
import type { Server } from './ask.ts';
import type { StackSubject, Subject } from './subject.ts';

/** What is examined of a stack, by its settings and what was read beside them. */

interface Known {
  readonly state: StackState;
  /** Of the last run, in clear; empty where they could not be read. Secret. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Whether secrets could be read. */
  readonly readable: boolean;
  /** Whether the account file and its secrets are. */
  readonly valid: boolean;
  readonly root: string;
}

export function subjectOf(settings: Settings, known: Known): Subject {
  const { prometheus, alertmanager, grafana, addresses, publicUrls, alerts } = settings;
  const dataSource = dataSourceOf(settings);
  // With `tls: true`, what the stack runs asks for one password.
  const own = settings.tls === undefined ? undefined : basic(webUser, known.outputs['webPassword']);
  const managed = {
    prometheus: prometheus.mode === 'managed',
    alertmanager: alertmanager.mode === 'managed',
    grafana: grafana.mode === 'managed',
  };
  return {
    exporter: server('exporter', addresses.metrics, own, 'scripts/up, or docker logs of its container', ''),
    status: server('status page', addresses.status, own, 'scripts/up', ''),
    prometheus:
      prometheus.mode === 'none'
        ? undefined
        : server(
            'Prometheus',
            addresses.prometheus,
            managed.prometheus ? own : prometheus.external?.auth,
            managed.prometheus ? 'scripts/up' : 'balance-alert:prometheus.url is how this machine reaches it',
            'balance-alert:prometheus.auth, set with --secret',
          ),
    alertmanager:
      alertmanager.mode === 'none'
        ? undefined
        : server(
            'Alertmanager',
            managed.alertmanager ? addresses.alertmanager : publicUrls.alertmanager,
            alertmanager.mode === 'external' ? authOf(alertmanager) : own,
            managed.alertmanager ? 'scripts/up' : 'publicUrls.alertmanager is how this machine reaches it',
            'alertmanager.username and alertmanager.password, or alertmanager.bearerToken',
          ),
    grafana: grafanaServer(grafana, known),
    managed,
    rules: ruleFiles(publicUrls, alerts),
    dashboards: dashboardSources(settings.language, alerts.runwayDays, dataSource?.uid),
    dataSource:
      dataSource === undefined
        ? undefined
        : { uid: dataSource.uid, ...(dataSource.kind === 'made' ? { url: dataSource.url } : {}) },
    stack: stackOf(settings, known),
  };
}

function server(
  name: string,
  url: string,
  auth: HttpAuth | undefined,
  hint: string,
  credentials: string,
): Server {
  return { name, url, auth, hint, credentials };
}

function basic(username: string, password: unknown): HttpAuth | undefined {
  return typeof password === 'string' ? { kind: 'basic', username, password } : undefined;
}

function grafanaServer(grafana: Settings['grafana'], { outputs }: Known): Server | undefined {
  if (grafana.mode === 'none') return undefined;
  if (grafana.mode === 'external')
    return server(
      'Grafana',
      grafana.apiUrl,
      grafana.token === '' ? undefined : { kind: 'bearer', token: grafana.token },
      'balance-alert:grafana.url is how this machine reaches it',
      'balance-alert:grafana.auth must be the token of a service account that is enabled and has not expired',
    );
  return server(
    'Grafana',
    grafana.apiUrl,
    basic(adminUser, outputs['grafanaPassword']),
    'scripts/up, or docker logs of its container',
    "its password was changed by hand: set it back to the one of `scripts/pulumi stack output grafanaPassword --show-secrets`, or set another one (balance-alert:grafana.adminPassword, --secret): scripts/up then makes Grafana's database anew",
  );
}

function stackOf(settings: Settings, { state, readable, valid, root }: Known): StackSubject {
  const { alertmanager, accounts } = settings;
  return {
    settings,
    state,
    engine: connectEngine(settings.engine),
    deployed: readable && valid ? { accounts: accounts.text, secrets: accounts.secrets } : undefined,
    alertmanagerConfig:
      readable && alertmanager.mode === 'managed'
        ? renderAlertmanagerConfig(alertmanager, settings.tls !== undefined)
        : undefined,
    redact: redactorFor(alertmanager),
    revision: async () => (settings.images.exporter.kind === 'built' ? exporterRevision(root) : undefined),
  };
}
