/**
 * The signed address of the page where a renewal can be marked as paid; undefined where none is made for it. Whoever has the
 * address may do that, so it goes to a bot and nowhere else.
 */
export type PaidLink = (renewal: {
  /** Of the subscription. */
  readonly name: string;
  /** The due date, `YYYY-MM-DD`. */
  readonly date: string;
}) => string | undefined;

/** Reminders come up to a year before a due date (`alert_days_before`), and an overdue one may be older. In days. */
const furthestDays = 366;

const dayMs = 86_400_000;

/**
 * Only for dates that a reminder can be about. What Alertmanager and Prometheus say is not signed by anybody, and a link
 * never expires before its due date.
 */
export function plausibleOnly(link: PaidLink, nowMs: () => number): PaidLink {
  return (renewal) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(renewal.date)) return undefined;
    const dueMs = Date.parse(`${renewal.date}T00:00:00Z`);
    return Math.abs(dueMs - nowMs()) <= (furthestDays + 1) * dayMs ? link(renewal) : undefined;
  };
}
