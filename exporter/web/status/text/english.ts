import { html } from '../../html.ts';
import type { Messages } from './contract.ts';
import { everyOf, lengthOf, lookUp } from './words.ts';

/** Takes `1 account` or `2 accounts`: English has one form for one and one for the rest. */
function plural(count: number, text: string, one: string, other: string): string {
  return `${text} ${count === 1 ? one : other}`;
}

/** A price at the end of a sentence, where there is one. */
function price(amount: string | undefined): string {
  return amount === undefined ? '' : ` (${amount})`;
}

const englishUnits: Readonly<Record<string, readonly [one: string, other: string]>> = {
  credits: ['credit', 'credits'],
  points: ['point', 'points'],
  characters: ['character', 'characters'],
  tokens: ['token', 'tokens'],
  requests: ['request', 'requests'],
  calls: ['call', 'calls'],
  searches: ['search', 'searches'],
  messages: ['message', 'messages'],
  minutes: ['minute', 'minutes'],
  hours: ['hour', 'hours'],
  days: ['day', 'days'],
};

export const english: Messages = {
  title: 'Balances and renewals',
  skip: 'Skip to what needs attention',
  skipToMain: 'Skip to main content',
  language: 'Language',
  links: 'Related pages',
  dashboard: 'Dashboard',
  prometheus: 'Prometheus',
  runbooks: 'Runbooks',
  asOf: (moment, timezone) => html`As of ${moment} (${timezone})`,
  shard: (number, count) =>
    `Shard ${number} of ${count}: the other accounts, renewals and mailboxes are on the pages of the other exporters.`,
  refresh: 'Refresh',
  autoRefresh: 'Refresh every minute',
  autoRefreshIsOn: 'This page refreshes every minute.',
  stopAutoRefresh: 'Stop auto-refresh',

  attention: 'Needs attention',
  nothingToDo: 'Nothing needs attention.',
  nothingToDoYet: (count, text) =>
    `Nothing needs attention so far; ${plural(count, text, 'account has', 'accounts have')} not been checked yet.`,
  attentionRest: (count, text) => `and ${plural(count, text, 'more item', 'more items')}:`,
  summary: 'Summary',

  standing: {
    empty: 'Exhausted',
    overdue: 'Overdue',
    low: 'Low',
    over_budget: 'Over budget',
    stale: 'Stale',
    failing: 'Check failing',
    mail: 'New billing mail',
    due: 'Due soon',
    unchecked: 'Not checked yet',
    paid: 'Paid',
    fine: 'OK',
  },
  subject: { account: 'Account', renewal: 'Renewal', mailbox: 'Mailbox' },

  empty: (left, threshold) =>
    threshold === undefined ? `${left} left.` : `${left} left, threshold ${threshold}.`,
  low: (left, threshold) => `${left} left, below the threshold of ${threshold}.`,
  overBudget: (spent, budget, period) => `${spent} spent ${period}, above the budget of ${budget}.`,
  stale: (maxAge) => `The latest reading is older than ${maxAge}.`,
  lastKnown: (amounts, age) => html`Last known: ${amounts}, ${age}.`,
  neverSucceeded: 'No check has succeeded yet.',
  lastGood: (age) => html`Last successful check ${age}.`,
  staleMailbox: (maxAge) => `No scan has succeeded within the last ${maxAge}.`,
  neverScanned: 'No scan has succeeded yet.',
  lastGoodScan: (age) => html`Last successful scan ${age}.`,
  notCheckedSince: (age) => html`Last checked ${age}.`,
  reason: {
    auth: 'The vendor rejected the credentials.',
    permission: 'The credentials are valid but lack permission to read the balance.',
    rate_limit: 'The vendor is rate limiting our requests.',
    timeout: 'The vendor did not respond in time.',
    network: 'Could not connect to the vendor.',
    tls: 'The TLS connection failed: the certificate or the encryption was not accepted.',
    http: 'The vendor returned an HTTP error.',
    business: "The vendor's API reported an error.",
    schema: 'The response did not have the expected format.',
    config: 'The configuration of this account is not valid.',
    internal: 'Internal error in the exporter.',
  },
  mailboxReason: {
    auth: 'The mail server rejected the user name or password.',
    permission: 'The user has no permission to read the folder.',
    rate_limit: 'The mail server is limiting connections.',
    timeout: 'The mail server did not respond in time.',
    network: 'Could not connect to the mail server.',
    tls: 'The TLS connection failed: the certificate or the encryption was not accepted.',
    http: 'The mail server returned an error.',
    business: 'The mail server rejected a command.',
    schema: 'The response of the mail server is not valid IMAP.',
    config: 'The configuration of this mailbox is not valid.',
    internal: 'Internal error in the exporter.',
  },
  answer: (message) => html`Details: ${message}`,
  renewsOn: (days, date, amount) => html`Renewal due ${days}, on ${date}${price(amount)}.`,
  renewsAutomaticallyOn: (days, date, amount) =>
    html`Renews automatically ${days}, on ${date}${price(amount)}.`,
  overdue: (date, amount) => html`Was due on ${date}${price(amount)} and is not marked as paid.`,
  billingMail: (topic, count, text, age) =>
    html`${topic}: ${plural(count, text, 'mail', 'mails')} in total, the latest ${age}.`,
  runbook: 'Runbook',
  about: (name) => html` for ${name}`,

  configBadge: 'Reload failed',
  configError: 'The account file could not be reloaded',
  configKept: (moment) => html`The previous configuration, loaded on ${moment}, is still in use.`,
  brokenEntry: 'The exporter could not render this entry and left it out; see its log for details.',
  configMore: (count, text) => `and ${plural(count, text, 'more error', 'more errors')}`,

  accounts: 'Accounts',
  noAccounts: 'The account file has no enabled accounts.',
  search: 'Find accounts',
  searchHint: 'Name, provider or owner',
  find: 'Find',
  showAttention: 'Only accounts that need attention',
  clear: 'Show all accounts',
  found: (count, found, all) => `${found} of ${all} accounts ${count === 1 ? 'matches' : 'match'}.`,
  noneFound: 'No accounts match.',
  showOnly: 'Show:',
  showAccounts: 'Show accounts by state',
  all: 'All',
  orderBy: 'Sort by:',
  orderOfAccounts: 'Sort accounts by',
  order: { name: 'name', state: 'state', days: 'days left', checked: 'oldest reading' },
  lasts: (days, text) =>
    days < 1 ? 'less than a day left' : `about ${plural(days, text, 'day', 'days')} left`,
  lastDays: (days, low, high) => `Last ${days} days: between ${low} and ${high}`,
  range: (from, to, all, order) => `${from} to ${to} of ${all}, sorted by ${english.order[order]}`,
  rangeByDate: (from, to, all) => `${from} to ${to} of ${all}, sorted by date`,
  account: 'Account',
  state: 'State',
  left: 'Remaining',
  limit: 'Threshold',
  checked: 'Last checked',
  owner: 'Owner',
  console: 'Console',
  consoleOf: (name) => html`Console<span class="hidden"> of ${name}</span>`,
  noLimit: 'No limit',
  noCurrentValue: 'No current value',
  valueFrom: (age) => html`Value from ${age}`,
  lastAttempt: (age) => html`last attempt ${age}`,
  none: 'none',
  readingType: { balance: 'balance', credits: 'credits', quota: 'quota', merchant: 'merchant balance' },
  window: (window) => {
    const length = lengthOf(window);
    if (length === undefined) return `per ${window}`;
    const units: Readonly<Record<string, string>> = { m: 'minute', h: 'hour', d: 'day', w: 'week' };
    return `per ${length.count === 1 ? '' : `${length.count} `}${units[length.unit] ?? ''}${length.count === 1 ? '' : 's'}`;
  },
  wallet: { cash: 'cash', voucher: 'vouchers', gift: 'gift' },
  period: (period) =>
    lookUp(
      { day: 'today', week: 'this week', month: 'this month', quarter: 'this quarter', year: 'this year' },
      period,
    ) ?? `in the period ${period}`,
  ofLimit: (limit) => `of ${limit}`,
  resets: (time) => html`resets ${time}`,
  figureOf: (age) => html`vendor's figure from ${age}`,
  spent: (period) => `spent ${period}`,
  budget: (amount) => `budget ${amount}`,
  belowThreshold: 'below threshold',
  aboveBudget: 'above budget',

  renewals: 'Renewals',
  noRenewals: 'The account file has no active subscriptions.',
  subscription: 'Subscription',
  nextRenewal: 'Next renewal',
  amount: 'Amount',
  noFurtherRenewal: 'no further renewal',
  overdueSince: (date) => html`since ${date}`,
  renewsAutomatically: 'renews automatically',
  markPaid: 'Mark as paid',
  paidQuestion: (name, date) => html`Has the renewal of ${name} on ${date} been paid?`,
  paidConfirm: 'Mark as paid',
  paidDone: (name, date) => html`The renewal of ${name} on ${date} is marked as paid.`,
  paidAlready: (name, date) => html`The renewal of ${name} on ${date} was already marked as paid.`,
  paidRefused: (name, date) => html`The renewal of ${name} on ${date} cannot be marked as paid:`,
  paidUnwritable: (name, date) =>
    html`The renewal of ${name} on ${date} was not marked as paid, because the exporter cannot write its account file. Run this where the file is:`,
  paidLinkWrong:
    'This link is not valid. Open the newest one in a reminder, in the calendar or on the status page.',
  paidLinkExpired:
    'This link has expired. Open the newest one in a reminder, in the calendar or on the status page.',
  paidForeign: 'The request was refused, because it came from another site or under an unexpected host name.',
  cycle: (cycleType) => {
    const every = everyOf(cycleType);
    if (every !== undefined) {
      return every.count === 1 ? `every ${every.unit.slice(0, -1)}` : `every ${every.count} ${every.unit}`;
    }
    return cycleType;
  },

  mailboxes: 'Mailboxes',
  noMailboxes: 'The account file has no enabled mailboxes.',
  mailbox: 'Mailbox',
  lastScan: 'Last scan',
  examined: 'Mails scanned',
  mailFound: 'Billing mail found',
  noMailFound: 'none yet',
  topic: {
    suspension: 'Suspension of service',
    arrears: 'Arrears',
    low_balance: 'Low balance',
    expiry: 'Expiry',
    bill: 'Bill',
    renewal: 'Renewal',
    top_up: 'Top-up',
  },
  topicLine: (topic, _count, text, age) =>
    age === undefined ? html`${topic}: ${text}` : html`${topic}: ${text}, last ${age}`,

  aboutData: 'About this data',
  lastBalanceCheck: 'Last account check',
  lastMailScan: 'Last mailbox scan',
  configLoaded: 'Account file loaded',
  timezone: 'Time zone',
  version: 'Version',
  runwayShown: 'Days left and the line of the last 30 days come from Prometheus.',
  noRunway: 'This page shows current values only. How long a balance will last is calculated in Prometheus.',
  noRunwayDashboard: (link) =>
    html`This page shows current values only. For how long a balance will last, see the ${link}.`,
  never: 'never',

  pages: (section) => `Pages of ${section}`,
  previous: 'Previous',
  next: 'Next',
  page: (page) => `Page ${page}`,

  runbooksIntroduction: 'What each alert means, what to check and what to do.',
  backToStatus: 'Back to the status page',
  allRunbooks: 'All runbooks',

  notFound: 'Page not found',
  notFoundText: 'The address may be mistyped, or the page no longer exists.',
  notAllowed: 'Method not allowed',
  notAllowedText: 'This page is read-only. To change an account, edit the account file.',
  badRequest: 'Bad request',
  badRequestText: 'The address contains characters that are not correctly encoded.',
  failed: 'Internal error',
  failedText: 'The exporter could not render this page; see its log for details.',

  underAMinute: (future) => (future ? 'in less than a minute' : 'less than a minute ago'),
  unit: (unit, value) => {
    const words = lookUp(englishUnits, unit);
    return words === undefined ? unit : words[value === 1 ? 0 : 1];
  },
};
