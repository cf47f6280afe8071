import { html } from '../../html.ts';
import type { Messages } from './contract.ts';
import { everyOf, lengthOf, lookUp } from './words.ts';

/** Takes `1 account` or `2 accounts`: English has one form for one and one for the rest. */
function plural(count: number, text: string, one: string, other: string): string {
  return `${text} ${count === 1 ? one : other}`;
}

/** A price at the end of a sentence, where there is one. */
function price(amount: string | undefined): string {
  return amount === undefined ? '' : `, for ${amount}`;
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
  skipToMain: 'Skip to the text',
  language: 'Language',
  links: 'Other views',
  dashboard: 'Dashboard',
  prometheus: 'Prometheus',
  metrics: 'Metrics',
  runbooks: 'Runbooks',
  asOf: (moment, timezone) => html`As of ${moment} (${timezone})`,
  readAgain: 'Read again',
  readByItself: 'Read again every minute',
  readingByItself: 'This page reads itself again every minute.',
  stopReadingByItself: 'Stop that',

  attention: 'Needs attention',
  nothingToDo: 'Nothing needs attention.',
  nothingToDoYet: (count, text) =>
    `Nothing is known to need attention; ${plural(count, text, 'account has', 'accounts have')} not been checked yet.`,
  attentionRest: (count, text) => `and ${plural(count, text, 'more thing', 'more things')}:`,
  summary: 'In numbers',

  standing: {
    empty: 'Nothing left',
    overdue: 'Overdue',
    low: 'Low',
    over_budget: 'Over budget',
    stale: 'Out of date',
    failing: 'Check fails',
    mail: 'Mail came',
    due: 'Due soon',
    unchecked: 'Not checked yet',
    paid: 'Paid',
    fine: 'Fine',
  },
  kindOfThing: { account: 'Account', renewal: 'Renewal', mailbox: 'Mailbox' },

  empty: (left, threshold) =>
    threshold === undefined ? `${left} left.` : `${left} left, threshold ${threshold}.`,
  low: (left, threshold) => `${left} left, below the threshold of ${threshold}.`,
  overBudget: (spent, budget, period) => `${spent} spent ${period}, above the budget of ${budget}.`,
  stale: (maxAge) => `No value is younger than ${maxAge}.`,
  lastKnown: (amounts, age) => html`Last known: ${amounts}, ${age}.`,
  neverSucceeded: 'No check has given a value so far.',
  lastGood: (age) => html`Last good answer ${age}.`,
  staleMailbox: (maxAge) => `No scan has succeeded within the last ${maxAge}.`,
  neverScanned: 'No scan has succeeded so far.',
  lastGoodScan: (age) => html`Last good scan ${age}.`,
  notCheckedSince: (age) => html`Last checked ${age}.`,
  reason: {
    auth: 'The vendor does not accept the key.',
    permission: 'The key is accepted but may not read the balance.',
    rate_limit: 'The vendor asks for fewer requests.',
    timeout: 'The vendor did not answer in time.',
    network: 'The vendor could not be reached.',
    tls: 'The connection is not trusted: its certificate or encryption is at fault.',
    http: 'The vendor answered with an error.',
    business: 'The vendor answered that the request failed.',
    schema: 'The answer does not look as expected.',
    config: 'The account file does not fit this account.',
    internal: 'The check itself went wrong; this is a defect of the exporter.',
  },
  mailboxReason: {
    auth: 'The mail server does not accept the user name or the password.',
    permission: 'The mail server does not let this user read the folder.',
    rate_limit: 'The mail server asks for fewer connections.',
    timeout: 'The mail server did not answer in time.',
    network: 'The mail server could not be reached.',
    tls: 'The connection is not trusted: its certificate or encryption is at fault.',
    http: 'The mail server answered with an error.',
    business: 'The mail server refused a command.',
    schema: 'The mail server answered with something that is not IMAP.',
    config: 'The account file does not fit this mailbox.',
    internal: 'The scan itself went wrong; this is a defect of the exporter.',
  },
  answer: (message) => html`In detail: ${message}`,
  renewsOn: (days, date, amount) => html`To be renewed ${days}, on ${date}${price(amount)}.`,
  renewsByItselfOn: (days, date, amount) => html`Renews by itself ${days}, on ${date}${price(amount)}.`,
  overdue: (date, amount) => html`The renewal of ${date}${price(amount)} is not marked as paid.`,
  mailCame: (topic, count, text, age) =>
    html`${topic}: ${plural(count, text, 'mail', 'mails')} so far, the last one ${age}.`,
  whatToDo: 'What to do',
  about: (name) => html` about ${name}`,

  configBadge: 'File not loaded',
  configError: 'The account file on disk has errors',
  configKept: (moment) => html`Everything below is still from the file as it was loaded on ${moment}.`,
  configMore: (count, text) => `and ${plural(count, text, 'more error', 'more errors')}`,

  accounts: 'Accounts',
  noAccounts: 'The account file names no enabled account.',
  search: 'Find accounts',
  searchHint: 'Name, provider or owner',
  find: 'Find',
  showAttention: 'Only those that need attention',
  clear: 'Show all accounts',
  found: (count, found, all) => `${found} of ${all} accounts ${count === 1 ? 'matches' : 'match'}.`,
  noneFound: 'No account matches.',
  range: (from, to, all) => `${from} to ${to} of ${all}, by name`,
  rangeByDate: (from, to, all) => `${from} to ${to} of ${all}, the next one first`,
  account: 'Account',
  state: 'State',
  left: 'Left',
  limit: 'Threshold',
  checked: 'Checked',
  owner: 'Owner',
  console: 'Console',
  consoleOf: (name) => html`Console<span class="hidden"> of ${name}</span>`,
  noCurrentValue: 'No current value',
  valueFrom: (age) => html`Value from ${age}`,
  triedAgain: (age) => html`tried again ${age}`,
  none: 'none',
  readingType: { balance: 'balance', credits: 'credits', quota: 'quota', merchant: 'merchant balance' },
  window: (window) => {
    const length = lengthOf(window);
    if (length === undefined) return `per ${window}`;
    const units: Readonly<Record<string, string>> = { m: 'minute', h: 'hour', d: 'day', w: 'week' };
    return `per ${length.count === 1 ? '' : `${length.count} `}${units[length.unit] ?? ''}${length.count === 1 ? '' : 's'}`;
  },
  period: (period) =>
    lookUp(
      { day: 'today', week: 'this week', month: 'this month', quarter: 'this quarter', year: 'this year' },
      period,
    ) ?? `in the period ${period}`,
  ofLimit: (limit) => `of ${limit}`,
  resets: (time) => html`resets ${time}`,
  spent: (period) => `spent ${period}`,
  budget: (amount) => `budget ${amount}`,
  belowThreshold: 'below threshold',
  aboveBudget: 'above budget',

  renewals: 'Renewals',
  noRenewals: 'The account file names no subscription that is in force.',
  subscription: 'Subscription',
  nextRenewal: 'Next renewal',
  amount: 'Amount',
  noFurtherRenewal: 'no further one',
  overdueSince: (date) => html`since ${date}`,
  renewsByItself: 'renews by itself',
  cycle: (cycleType) => {
    const every = everyOf(cycleType);
    if (every !== undefined) {
      return every.count === 1 ? `every ${every.unit.slice(0, -1)}` : `every ${every.count} ${every.unit}`;
    }
    return cycleType;
  },

  mailboxes: 'Mailboxes',
  noMailboxes: 'The account file names no enabled mailbox.',
  mailbox: 'Mailbox',
  lastScan: 'Last scan',
  examined: 'Mails examined',
  mailFound: 'Billing mail found',
  noMailFound: 'none so far',
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

  aboutData: 'About these figures',
  lastBalanceCheck: 'Last check of an account',
  lastMailScan: 'Last scan of a mailbox',
  configLoaded: 'Account file loaded',
  timezone: 'Time zone',
  version: 'Version',
  noRunway:
    'How long a balance will last follows from its history, which this page does not have: ask Prometheus.',
  noRunwayDashboard: (link) =>
    html`How long a balance will last follows from its history, which this page does not have: see the ${link}.`,
  never: 'never so far',

  pages: (section) => `Pages of ${section}`,
  previous: 'Previous',
  next: 'Next',
  page: (page) => `Page ${page}`,

  runbooksIntroduction: 'What each alert means, what to look at and what to do.',
  backToStatus: 'Back to the status page',
  allRunbooks: 'All runbooks',

  notFound: 'There is no such page',
  notFoundText: 'The address may be mistyped, or what it named is gone.',
  notAllowed: 'This page can only be read',
  notAllowedText: 'Accounts are changed in the account file, and nothing is changed here.',
  badRequest: 'This address cannot be read',
  badRequestText: 'It holds characters that are not encoded as an address must be.',
  failed: 'This page could not be made',
  failedText: 'The exporter met an error of its own; its log says which. Reading the page again may help.',

  underAMinute: (future) => (future ? 'in less than a minute' : 'less than a minute ago'),
  unit: (unit, value) => {
    const words = lookUp(englishUnits, unit);
    return words === undefined ? unit : words[value === 1 ? 0 : 1];
  },
};
