import type { Receiver as Settings } from '../../infra/settings/receivers.ts';
import type { Receiver } from './alertmanager.ts';
import { runTool } from './promtool.ts';

/** A receiver of each type that Alertmanager serves itself, on loopback, and the texts of what they got. */

const { stdout: version } = await runTool('amtool', ['--version']).catch(() => ({ stdout: '' }));
/** Types of receivers that Alertmanager has only had since 0.28 (Teams by workflow) and later (Mattermost). */
const isOld = /version 0\.2[0-7]\./.test(version);

/** Ports of the stand-ins for web services and for the mail server. */
export function builtInReceivers(http: number, smtp: number): Readonly<Record<string, Settings>> {
  const url = (path: string) => `http://127.0.0.1:${http}/${path}`;
  const settings = {
    severities: ['critical' as const, 'warning' as const, 'info' as const],
    sendResolved: true,
  };
  return {
    email: {
      ...settings,
      type: 'email',
      to: ['ops@example.com'],
      from: 'balance-alert@example.com',
      smarthost: `127.0.0.1:${smtp}`,
      requireTls: false,
    },
    slack: { ...settings, type: 'slack', url: url('slack'), channel: '#ops' },
    telegram: { ...settings, type: 'telegram', botToken: '1:t', chatId: -100, apiUrl: url('telegram') },
    discord: { ...settings, type: 'discord', url: url('discord') },
    pagerduty: { ...settings, type: 'pagerduty', routingKey: 'k'.repeat(32), apiUrl: url('pagerduty') },
    webhook: { ...settings, type: 'webhook', url: url('webhook') },
    wecom: {
      ...settings,
      type: 'wecom',
      corpId: 'ww1',
      agentId: '1000002',
      secret: 's',
      toUser: '@all',
      apiUrl: url('wecom'),
    },
    ...(isOld
      ? {}
      : {
          msteams: { ...settings, type: 'msteams', url: url('msteams') },
          mattermost: { ...settings, type: 'mattermost', url: url('mattermost') },
        }),
  };
}

/** Everything that a channel got so far, each message as one text, however the channel wraps it. */
export function textsSentTo(name: string, http: Receiver, smtp: Receiver): readonly string[] {
  if (name === 'email') return smtp.received.map(({ body }) => decodeMail(body));
  // WeCom is asked for a token first.
  return http.received
    .filter(({ path, body }) => path.startsWith(`/${name}`) && body !== '')
    .map(({ body }) => decoded(body));
}

/** The parts of a mail, in plain UTF-8. */
export function decodeMail(body: string): string {
  const bytes = body
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** JSON's escapes taken back, so that texts can be compared. */
function decoded(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    return strings(value).join('\n');
  } catch {
    return decodeURIComponent(body.replaceAll('+', ' '));
  }
}

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}
