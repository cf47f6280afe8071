import type { Language } from '../../dashboards/index.ts';
import type { AlertmanagerSettings } from '../settings/parse.ts';
import type { BotReceiver, DigestSettings } from '../settings/receivers.ts';
import { isBot } from '../settings/receivers.ts';
import { entriesByName } from '../settings/values.ts';
import type { ExporterFile } from './exporter.ts';
import type { PrometheusQuery } from './prometheus-query.ts';
import { relayPort } from './receivers.ts';
import { clientConfigPath } from './tls/paths.ts';
import { toYaml } from './yaml.ts';

/** What is put into the relay's container, which has the exporter's image. */

export const relayJob = 'balance-alert-relay';
export const relayTarget = `relay:${relayPort}`;

const configPath = '/etc/balance-alert/relay.yaml';

/** Receivers that are reached through the relay, by name; none where no relay is needed. */
export function botReceivers(alertmanager: AlertmanagerSettings): Readonly<Record<string, BotReceiver>> {
  if (alertmanager.mode !== 'managed') return {};
  return Object.fromEntries(
    entriesByName(alertmanager.receivers).flatMap(([name, receiver]) =>
      isBot(receiver) ? [[name, receiver] as const] : [],
    ),
  );
}

export function needsRelay(alertmanager: AlertmanagerSettings): boolean {
  return Object.keys(botReceivers(alertmanager)).length > 0;
}

/** The relay's file and one file for each of its secrets. */
export function relayFiles(
  bots: Readonly<Record<string, BotReceiver>>,
  language: Language,
  digest?: {
    readonly settings: DigestSettings;
    readonly prometheus: PrometheusQuery;
  },
): readonly ExporterFile[] {
  const secrets: ExporterFile[] = [];
  const secret = (name: string, content: string) => {
    secrets.push({ path: `/run/secrets/${name}`, content, secret: true });
    return { secret: name };
  };
  const channels = Object.entries(bots).map(([name, bot]) => ({
    name,
    type: bot.type,
    url: secret(`${name}.url`, bot.url),
    ...(bot.type === 'wecom_bot' || bot.secret === undefined
      ? {}
      : { secret: secret(`${name}.secret`, bot.secret) }),
  }));
  const credentials = ({ auth, closed }: PrometheusQuery) => {
    if (closed) return { http_config_file: clientConfigPath };
    if (auth === undefined) return {};
    return auth.kind === 'bearer'
      ? { bearer_token: secret('prometheus.token', auth.token) }
      : { username: auth.username, password: secret('prometheus.password', auth.password) };
  };
  const digestPart =
    digest === undefined
      ? {}
      : {
          digest: (({ timeZone, ...rest }) => ({ ...rest, timezone: timeZone }))(digest.settings),
          prometheus: { url: digest.prometheus.url, ...credentials(digest.prometheus) },
        };
  return [
    {
      path: configPath,
      content: toYaml({ language, channels, ...digestPart }),
      secret: false,
    },
    ...secrets,
  ];
}

export const relayCommand = ['relay', `--config.file=${configPath}`, `--web.listen-address=:${relayPort}`];

export const relayHealthcheck = [
  'CMD',
  'node',
  '/app/balance-alert.mjs',
  'healthcheck',
  `--web.listen-address=127.0.0.1:${relayPort}`,
];
