import type { Content, Html } from '../../html.ts';
import { html } from '../../html.ts';
import type { AccountRow, LeftLine, Line, UnlimitedLine } from '../../view/accounts.ts';
import type { PageContext } from './context.ts';
import { ago, until } from './parts.ts';

/** What is left or spent, without its circumstances. */
export function lineAmount({ format, text }: PageContext, { reading }: Line): string {
  if (reading.kind === 'unlimited') return text.noLimit;
  return format.amount(reading.value, reading.unit);
}

/** What an amount is held against: threshold or budget; undefined where there is none. */
export function lineLimit({ format, text }: PageContext, line: Line): string | undefined {
  if (line.kind === 'unlimited') return undefined;
  if (line.kind === 'left') {
    return line.threshold === undefined ? undefined : format.amount(line.threshold, line.reading.unit);
  }
  return line.budget === undefined ? undefined : text.budget(format.amount(line.budget, line.reading.unit));
}

/** The circumstances of an amount: which kind it is where that isn't plain, its window, its size, when it resets. */
export function lineNotes(context: PageContext, line: Line): readonly Content[] {
  if (line.kind === 'unlimited') return unlimitedNotes(context, line);
  return line.kind === 'left'
    ? leftNotes(context, line)
    : [
        context.text.spent(context.text.period(line.reading.period)),
        ...datedNotes(context, line.reading.asOf),
      ];
}

function unlimitedNotes({ text }: PageContext, { reading }: UnlimitedLine): readonly Content[] {
  const notes: Content[] = [];
  if (reading.window !== undefined) notes.push(text.window(reading.window));
  if (reading.wallet !== undefined) notes.push(text.wallet[reading.wallet]);
  return notes;
}

/** When the vendor's figure is from, where it says so. */
function datedNotes(context: PageContext, asOf: number | undefined): readonly Content[] {
  return asOf === undefined ? [] : [context.text.figureOf(ago(context, asOf * 1000))];
}

function leftNotes(context: PageContext, { reading }: LeftLine): readonly Content[] {
  const { text, format, now } = context;
  const notes: Content[] = [];
  if (reading.type === 'quota' || reading.type === 'merchant') notes.push(text.readingType[reading.type]);
  if (reading.window !== undefined) notes.push(text.window(reading.window));
  if (reading.wallet !== undefined) notes.push(text.wallet[reading.wallet]);
  if (reading.limit !== undefined && !(reading.unit === 'percent' && reading.limit === 100)) {
    notes.push(text.ofLimit(format.amount(reading.limit, reading.unit)));
  }
  if (reading.resetAt !== undefined && reading.resetAt * 1000 > now) {
    notes.push(text.resets(until(context, reading.resetAt * 1000)));
  }
  notes.push(...datedNotes(context, reading.asOf));
  return notes;
}

/** Notes one after the other. */
export function joined(notes: readonly Content[]): Content {
  return notes.map((note, index) => html`${index > 0 && ' · '}${note}`);
}

/** All amounts of an account in one line, as what was last known of it. */
export function allAmounts(context: PageContext, row: AccountRow): string {
  const list = new Intl.ListFormat(context.language, { type: 'unit', style: 'long' });
  return list.format(row.lines.map((line) => lineAmount(context, line)));
}

/** Says of an amount within a table that it is beyond its limit; the account's badge says the worst only. */
export function lineFlag({ text }: PageContext, line: Line): Html | undefined {
  if (line.standing === 'fine') return undefined;
  const words =
    line.kind === 'spend' ? text.aboveBudget : line.threshold === undefined ? undefined : text.belowThreshold;
  return words === undefined ? undefined : html`<span class="note strong">${words}</span>`;
}
