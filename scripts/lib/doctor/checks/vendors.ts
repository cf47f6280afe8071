import * as z from 'zod';
import { printable } from '../../../../exporter/config/printable.ts';
import type { FailureReason } from '../../../../exporter/readings/check-error.ts';
import { failureReasons } from '../../../../exporter/readings/check-error.ts';
import { jsonOf } from '../../json.ts';
import type { Sample } from '../../stack/samples.ts';
import { ask } from '../ask.ts';
import type { Check, Finding } from '../check.ts';
import { broken, counted, listed, ok, skipped, warning } from '../check.ts';
import type { Context } from '../subject.ts';

/** What vendors and mail servers answered to the exporter's last checks. Nobody is asked anew. */

export function vendorChecks(context: Context): readonly Check[] {
  return [
    {
      id: 'vendors',
      link: "vendors' answers",
      needs: ['exporter'],
      look: (signal) => vendors(context, signal),
    },
    { id: 'mailboxes', link: 'mailboxes', needs: ['exporter'], look: (signal) => mailboxes(context, signal) },
  ];
}

const failing = z.object({
  name: z.string(),
  failure: z.object({ reason: z.enum(failureReasons), message: z.string() }).optional(),
});
const statusSchema = z.object({ accounts: z.array(failing), mailboxes: z.array(failing) });

type Failure = NonNullable<z.output<typeof failing>['failure']>;

/** What to do about each reason of a failed check. */
const remedies: Readonly<Record<FailureReason, string>> = {
  auth: 'auth: the key is wrong, expired or of another kind: set the secret again, then run scripts/up',
  permission: "permission: the key lacks a right; the provider's page names it (docs/providers.md)",
  rate_limit: 'rate_limit: raise the interval of the account, or wait: the vendor limits requests',
  timeout:
    'timeout: the vendor is slow or out of reach; check the proxy, or raise the timeout of the account',
  network:
    "network: DNS, firewall or proxy between the exporter and the vendor; try from the exporter's machine",
  tls: 'tls: the certificate is not accepted: set ca_file for a proxy with a CA of its own, and check the clock',
  http: "http: the vendor answers with an error; see its status page, or the account's base URL",
  business: "business: the vendor refuses in its own words: see the vendor's console",
  schema: 'schema: the answer has another shape than documented: check the provider or preset, and report it',
  config: 'config: the account is set up wrong: see the message, and docs/providers.md',
  internal: 'internal: a fault of balance-alert: the log of the exporter has it; please report it',
};

interface Kind {
  readonly one: string;
  readonly several: string;
  readonly up: string;
  readonly failures: string;
  readonly label: 'project' | 'mailbox';
  readonly list: 'accounts' | 'mailboxes';
  /** The command that asks one by itself. */
  readonly again: string;
}

const accountKind: Kind = {
  one: 'account',
  several: 'accounts',
  up: 'balance_alert_account_up',
  failures: 'balance_alert_account_check_failures_total',
  label: 'project',
  list: 'accounts',
  again:
    'scripts/balance-alert check NAME asks one of them again and shows the answer; scripts/doctor --probe asks all',
};

const mailboxKind: Kind = {
  one: 'mailbox',
  several: 'mailboxes',
  up: 'balance_alert_mailbox_up',
  failures: 'balance_alert_mailbox_scan_failures_total',
  label: 'mailbox',
  list: 'mailboxes',
  again: 'docs/mail.md says what each kind of mail server needs',
};

const vendors = (context: Context, signal: AbortSignal) => answersOf(accountKind, context, signal);
const mailboxes = (context: Context, signal: AbortSignal) => answersOf(mailboxKind, context, signal);

async function answersOf(kind: Kind, context: Context, signal: AbortSignal): Promise<Finding> {
  const samples = await context.samples(signal);
  const checked = samples.filter(({ name }) => name === kind.up);
  const known = new Set(
    samples.flatMap(({ name, labels }) => (name === kind.failures ? [labels[kind.label] ?? ''] : [])),
  );
  if (known.size === 0) return skipped(`there are no ${kind.several}`);
  const failed = checked.flatMap(({ labels, value }) => (value === 0 ? [labels[kind.label] ?? ''] : []));
  // Demo accounts that fail do so on purpose.
  const demo = new Set(
    checked.flatMap(({ labels }) => (labels['provider'] === 'demo' ? [labels[kind.label] ?? ''] : [])),
  );
  const waiting = known.size - checked.length;
  if (failed.length === 0)
    return waiting > 0
      ? warning(
          `${counted(waiting, kind.one, kind.several)} not checked yet`,
          'wait for the first round of checks',
        )
      : ok(
          `the last check of ${known.size === 1 ? `the ${kind.one}` : `all ${known.size} ${kind.several}`} succeeded`,
        );
  const failures = await failuresOf(kind, context, signal);
  const lines = failed.map((name) => {
    const failure = failures.get(name);
    return `${printable(name)}: ${failure === undefined ? reasonsOf(kind, name, samples) : `${failure.reason}: ${printable(failure.message)}`}`;
  });
  const sentence = listed(
    `the last check of ${counted(failed.length, kind.one, kind.several)} of ${known.size} failed`,
    lines,
  );
  if (failed.every((name) => demo.has(name)))
    return warning(sentence, 'these are demo accounts, which fail on purpose');
  const reasons = new Set(failed.flatMap((name) => failures.get(name)?.reason ?? []));
  return broken(sentence, ...[...reasons].map((reason) => remedies[reason]), kind.again);
}

/** Without the status page, only which reasons there ever were. */
function reasonsOf(kind: Kind, account: string, samples: readonly Sample[]): string {
  const reasons = samples.flatMap(({ name, labels, value }) =>
    name === kind.failures && labels[kind.label] === account && value > 0 ? (labels['reason'] ?? []) : [],
  );
  return reasons.length === 0 ? 'failed' : `failed (${reasons.join(', ')})`;
}

/** Reasons and messages by name, as the status page has them; none where it is out of reach. */
async function failuresOf(
  kind: Kind,
  context: Context,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Failure>> {
  const { status } = context.subject;
  if (status === undefined) return new Map();
  try {
    const { text } = await ask(status, '/api/v1/status', context, { signal });
    const { data } = statusSchema.safeParse(jsonOf(text));
    return new Map(
      (data?.[kind.list] ?? []).flatMap(({ name, failure }) =>
        failure === undefined ? [] : [[name, failure] as const],
      ),
    );
  } catch {
    return new Map();
  }
}
