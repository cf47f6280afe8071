import type { MailTopic } from '../../../mail/topics.ts';
import type { FailureReason } from '../../../readings/check-error.ts';
import type { ReadingType, Wallet } from '../../../readings/reading.ts';
import type { Html } from '../../html.ts';
import type { Standing } from '../../view/standing.ts';
import type { AccountOrder } from '../query.ts';

/**
 * Every text of the page. Amounts, times and counts come in already formatted; names come in as HTML that is
 * escaped and kept apart from the direction of the sentence around it.
 */
export interface Messages {
  readonly title: string;
  readonly skip: string;
  readonly skipToMain: string;
  readonly language: string;
  readonly links: string;
  readonly dashboard: string;
  readonly prometheus: string;
  readonly runbooks: string;
  readonly asOf: (moment: Html, timezone: string) => Html;
  readonly shard: (number: string, count: string) => string;
  readonly refresh: string;
  readonly autoRefresh: string;
  readonly autoRefreshIsOn: string;
  readonly stopAutoRefresh: string;

  readonly attention: string;
  readonly nothingToDo: string;
  readonly nothingToDoYet: (unchecked: number, text: string) => string;
  readonly attentionRest: (count: number, text: string) => string;
  readonly summary: string;

  readonly standing: Readonly<Record<Standing, string>>;
  readonly subject: Readonly<Record<'account' | 'renewal' | 'mailbox', string>>;

  readonly empty: (left: string, threshold: string | undefined) => string;
  readonly low: (left: string, threshold: string) => string;
  readonly overBudget: (spent: string, budget: string, period: string) => string;
  readonly stale: (maxAge: string) => string;
  readonly lastKnown: (amounts: string, age: Html) => Html;
  readonly neverSucceeded: string;
  readonly lastGood: (age: Html) => Html;
  readonly staleMailbox: (maxAge: string) => string;
  readonly neverScanned: string;
  readonly lastGoodScan: (age: Html) => Html;
  readonly notCheckedSince: (age: Html) => Html;
  readonly reason: Readonly<Record<FailureReason, string>>;
  readonly mailboxReason: Readonly<Record<FailureReason, string>>;
  readonly answer: (message: Html) => Html;
  readonly renewsOn: (days: string, date: Html, amount: string | undefined) => Html;
  readonly renewsAutomaticallyOn: (days: string, date: Html, amount: string | undefined) => Html;
  readonly overdue: (date: Html, amount: string | undefined) => Html;
  readonly billingMail: (topic: string, count: number, text: string, age: Html) => Html;
  readonly runbook: string;
  readonly about: (name: Html) => Html;

  readonly configBadge: string;
  readonly configError: string;
  readonly configKept: (moment: Html) => Html;
  readonly brokenEntry: string;
  readonly configMore: (count: number, text: string) => string;

  readonly accounts: string;
  readonly noAccounts: string;
  readonly search: string;
  readonly searchHint: string;
  readonly find: string;
  readonly showAttention: string;
  readonly clear: string;
  readonly found: (count: number, found: string, all: string) => string;
  readonly noneFound: string;
  readonly showOnly: string;
  readonly showAccounts: string;
  readonly all: string;
  readonly orderBy: string;
  readonly orderOfAccounts: string;
  readonly order: Readonly<Record<AccountOrder, string>>;
  /** How long a balance lasts in whole days, as a number and as text. */
  readonly lasts: (days: number, text: string) => string;
  /** What a line of the last days shows, to those who do not see it. */
  readonly lastDays: (days: string, low: string, high: string) => string;
  readonly range: (from: string, to: string, all: string, order: AccountOrder) => string;
  readonly rangeByDate: (from: string, to: string, all: string) => string;
  readonly account: string;
  readonly state: string;
  readonly left: string;
  readonly limit: string;
  readonly checked: string;
  readonly owner: string;
  readonly console: string;
  readonly consoleOf: (name: Html) => Html;
  /** Instead of an amount, where the vendor sets no limit. */
  readonly noLimit: string;
  readonly noCurrentValue: string;
  readonly valueFrom: (age: Html) => Html;
  readonly lastAttempt: (age: Html) => Html;
  readonly none: string;
  readonly readingType: Readonly<Record<ReadingType, string>>;
  readonly window: (window: string) => string;
  readonly wallet: Readonly<Record<Wallet, string>>;
  readonly period: (period: string) => string;
  readonly ofLimit: (limit: string) => string;
  readonly resets: (time: Html) => Html;
  /** Where the vendor says that its figure is older than the check. */
  readonly figureOf: (age: Html) => Html;
  readonly spent: (period: string) => string;
  readonly budget: (amount: string) => string;
  readonly belowThreshold: string;
  readonly aboveBudget: string;

  readonly renewals: string;
  readonly noRenewals: string;
  readonly subscription: string;
  readonly nextRenewal: string;
  readonly amount: string;
  readonly noFurtherRenewal: string;
  readonly overdueSince: (date: Html) => Html;
  readonly renewsAutomatically: string;
  readonly markPaid: string;
  readonly paidQuestion: (name: Html, date: Html) => Html;
  readonly paidConfirm: string;
  readonly paidDone: (name: Html, date: Html) => Html;
  readonly paidAlready: (name: Html, date: Html) => Html;
  readonly paidRefused: (name: Html, date: Html) => Html;
  readonly paidUnwritable: (name: Html, date: Html) => Html;
  readonly paidLinkWrong: string;
  readonly paidLinkExpired: string;
  readonly paidForeign: string;
  readonly cycle: (cycleType: string) => string;

  readonly mailboxes: string;
  readonly noMailboxes: string;
  readonly mailbox: string;
  readonly lastScan: string;
  readonly examined: string;
  readonly mailFound: string;
  readonly noMailFound: string;
  readonly topic: Readonly<Record<MailTopic, string>>;
  readonly topicLine: (topic: string, count: number, text: string, age: Html | undefined) => Html;

  readonly aboutData: string;
  readonly lastBalanceCheck: string;
  readonly lastMailScan: string;
  readonly configLoaded: string;
  readonly timezone: string;
  readonly version: string;
  readonly noRunway: string;
  readonly runwayShown: string;
  readonly noRunwayDashboard: (link: Html) => Html;
  readonly never: string;

  readonly pages: (section: string) => string;
  readonly previous: string;
  readonly next: string;
  readonly page: (page: string) => string;

  readonly runbooksIntroduction: string;
  readonly backToStatus: string;
  readonly allRunbooks: string;

  readonly notFound: string;
  readonly notFoundText: string;
  readonly notAllowed: string;
  readonly notAllowedText: string;
  readonly badRequest: string;
  readonly badRequestText: string;
  readonly failed: string;
  readonly failedText: string;

  readonly underAMinute: (future: boolean) => string;
  readonly unit: (unit: string, value: number) => string;
}
