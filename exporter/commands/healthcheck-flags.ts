import { parseArgs } from 'node:util';
import type { ListenAddress } from '../web/listen.ts';
import { parseListenAddress } from '../web/listen.ts';

export interface HealthcheckFlags {
  readonly address: ListenAddress;
  readonly webConfigFile: string | undefined;
}

/**
 * What `balance-alert healthcheck` is called with, read without the parser of all commands, which takes longer to load than
 * the check takes. Undefined for whatever is more than a plain call, such as `--help` or a mistake: that parser answers those.
 */
export function readHealthcheckFlags(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): HealthcheckFlags | undefined {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        'web.listen-address': { type: 'string', multiple: true },
        'web.config.file': { type: 'string' },
      },
    });
    const [address = environment['BALANCE_ALERT_WEB_LISTEN_ADDRESS'] ?? '127.0.0.1:9100'] =
      values['web.listen-address'] ?? [];
    return {
      address: parseListenAddress(address),
      webConfigFile: values['web.config.file'] ?? environment['BALANCE_ALERT_WEB_CONFIG_FILE'],
    };
  } catch {
    return undefined;
  }
}
