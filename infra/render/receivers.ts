import type { Receiver } from '../settings/receivers.ts';
import { serviceClient } from './tls/client.ts';

/**
 * Receivers as Alertmanager's configuration has them. All texts are templates of the uploaded files, which are checked
 * when Alertmanager starts; a wrong text in here would only fail at each notification.
 */

export const relayPort = 9110;

/** Where the relay takes notifications for the bot of a receiver. */
export const relayUrl = (receiver: string, closed = false): string =>
  `${closed ? 'https' : 'http'}://relay:${relayPort}/notify/${receiver}`;

const template = (name: string) => `{{ template "balance_alert.${name}" . }}`;

const title = (format: string) => template(`title.${format}`);
const text = template('text');
const colour = template('colour');

/** The part of a receiver after its name, such as `{ slack_configs: [...] }`. Closed, the relay is asked over TLS with a password. */
export function receiverConfig(
  name: string,
  receiver: Receiver,
  closed: boolean,
): Readonly<Record<string, readonly object[]>> {
  const common = { send_resolved: receiver.sendResolved };
  switch (receiver.type) {
    case 'email':
      return {
        email_configs: [
          {
            ...common,
            to: receiver.to.join(', '),
            from: receiver.from,
            smarthost: receiver.smarthost,
            ...(receiver.username === undefined
              ? {}
              : { auth_username: receiver.username, auth_password: receiver.password }),
            require_tls: receiver.requireTls,
            headers: { Subject: title('text') },
            html: template('html'),
            text,
          },
        ],
      };
    case 'slack':
      return {
        slack_configs: [
          {
            ...common,
            api_url: receiver.url,
            ...(receiver.channel === undefined ? {} : { channel: receiver.channel }),
            color: colour,
            title: title('slack'),
            title_link: template('dashboard_url'),
            text: template('slack'),
            fallback: title('slack'),
            // Alertmanager's own footer and short fields add nothing.
            footer: '',
          },
        ],
      };
    case 'telegram':
      return {
        telegram_configs: [
          {
            ...common,
            bot_token: receiver.botToken,
            chat_id: receiver.chatId,
            ...(receiver.apiUrl === undefined ? {} : { api_url: receiver.apiUrl }),
            parse_mode: 'HTML',
            message: template('telegram'),
          },
        ],
      };
    case 'msteams':
      return {
        msteamsv2_configs: [
          { ...common, webhook_url: receiver.url, title: title('teams'), text: template('teams') },
        ],
      };
    case 'discord':
      return {
        discord_configs: [
          { ...common, webhook_url: receiver.url, title: title('markdown'), message: template('markdown') },
        ],
      };
    case 'mattermost':
      return {
        mattermost_configs: [
          {
            ...common,
            webhook_url: receiver.url,
            text: '',
            attachments: [
              {
                fallback: title('markdown'),
                color: colour,
                title: title('markdown'),
                text: template('markdown'),
              },
            ],
          },
        ],
      };
    case 'pagerduty':
      return {
        pagerduty_configs: [
          {
            ...common,
            routing_key: receiver.routingKey,
            ...(receiver.apiUrl === undefined ? {} : { url: receiver.apiUrl }),
            description: title('text'),
            severity: template('pagerduty_severity'),
            details: { text },
          },
        ],
      };
    case 'webhook':
      return {
        webhook_configs: [{ ...common, url: receiver.url, ...httpConfig(receiver) }],
      };
    case 'wecom':
      return {
        wechat_configs: [
          {
            ...common,
            corp_id: receiver.corpId,
            agent_id: receiver.agentId,
            api_secret: receiver.secret,
            ...(receiver.apiUrl === undefined ? {} : { api_url: `${receiver.apiUrl.replace(/\/*$/, '')}/` }),
            ...(receiver.toUser === undefined ? {} : { to_user: receiver.toUser }),
            ...(receiver.toParty === undefined ? {} : { to_party: receiver.toParty }),
            ...(receiver.toTag === undefined ? {} : { to_tag: receiver.toTag }),
            message_type: 'text',
            message: template('wecom'),
          },
        ],
      };
    case 'feishu':
    case 'dingtalk':
    case 'wecom_bot':
      return {
        webhook_configs: [
          { ...common, url: relayUrl(name, closed), ...(closed ? { http_config: serviceClient } : {}) },
        ],
      };
  }
}

function httpConfig({ username, password, bearerToken }: Extract<Receiver, { type: 'webhook' }>) {
  if (username !== undefined) return { http_config: { basic_auth: { username, password } } };
  if (bearerToken !== undefined) return { http_config: { authorization: { credentials: bearerToken } } };
  return {};
}
