import { CheckError } from '../accounts/failure.ts';
import { createRedactor } from '../accounts/redact.ts';
import type { Config } from '../config/schema.ts';
import { checkMailbox } from '../mail/check.ts';
import type { MailboxConfig } from '../mail/schema.ts';

export interface CheckMailboxCommandOptions {
  readonly config: Config;
  readonly mailbox: MailboxConfig;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly write: (text: string) => void;
}

/** `balance-alert check MAILBOX`: shows what a first scan would count, and marks nothing. Returns the exit code. */
export async function runCheckMailbox({
  config,
  mailbox,
  now,
  write,
}: CheckMailboxCommandOptions): Promise<number> {
  const redact = createRedactor(config.secrets);
  try {
    await checkMailbox(mailbox, (text) => write(redact(text)), {
      signal: AbortSignal.timeout(mailbox.timeout * 1000),
      now,
      timezone: config.timezone,
    });
    return 0;
  } catch (error) {
    const failure =
      error instanceof CheckError ? `${error.reason}: ${error.message}` : `internal: ${String(error)}`;
    write(redact(`failed: ${failure}\n`));
    return 1;
  }
}
