import { printable } from '../../../exporter/config/printable.ts';
import type { Console } from '../terminal/console.ts';
import type { Result, Status } from './check.ts';
import { counted } from './check.ts';

/** The report: lines for people, or JSON for programs. */

export interface Report {
  /** Whether nothing is broken; warnings do not count. */
  readonly ok: boolean;
  /** Id of the first broken link, where there is one. */
  readonly first_broken: string | null;
  readonly checks: readonly Pick<Result, 'id' | 'link' | 'status' | 'detail' | 'todo'>[];
}

export function reportOf(results: readonly Result[]): Report {
  const first = results.find(({ status }) => status === 'broken');
  return {
    ok: first === undefined,
    first_broken: first?.id ?? null,
    checks: results.map(({ id, link, status, detail, todo }) => ({ id, link, status, detail, todo })),
  };
}

const marks: Readonly<Record<Status, string>> = {
  ok: 'ok',
  warning: 'warning',
  broken: 'BROKEN',
  skipped: 'skipped',
};

const markWidth = Math.max(...Object.values(marks).map((mark) => mark.length));

/** A link on one line, with the rest of its detail and what to do below it. */
export function printResult({ link, status, detail, todo }: Result, console: Console): void {
  const [first = '', ...rest] = linesOf(detail);
  console.line(`${marks[status].padEnd(markWidth)}  ${link}: ${first}`);
  for (const line of rest) console.line(`${' '.repeat(markWidth + 4)}${line}`);
  // What to do about the first broken link is printed at the end as well, where it is read.
  for (const line of todo) console.line(`${' '.repeat(markWidth + 2)}-> ${line}`);
}

export function printSummary(results: readonly Result[], seconds: number, console: Console): void {
  const count = (status: Status) => results.filter((one) => one.status === status).length;
  const first = results.find(({ status }) => status === 'broken');
  const skips = count('skipped');
  const numbers = [
    `${counted(count('ok'), 'link')} ok`,
    ...(count('warning') === 0 ? [] : [counted(count('warning'), 'warning')]),
    ...(count('broken') === 0 ? [] : [`${count('broken')} broken`]),
    ...(skips === 0 ? [] : [`${skips} not checked`]),
  ].join(', ');
  if (first === undefined) {
    console.step(`Nothing is broken (${numbers}; ${seconds.toFixed(1)} s)`);
    return;
  }
  console.step(`First broken link: ${first.link} (${numbers}; ${seconds.toFixed(1)} s)`);
  // A detail with a list is only a heading without its first entry.
  for (const line of linesOf(first.detail).slice(0, 2)) console.line(line);
  for (const line of first.todo) console.line(`-> ${line}`);
  const others = results.filter((one) => one.status === 'broken' && one !== first).map(({ link }) => link);
  if (others.length > 0) console.line(`also broken: ${others.join(', ')}`);
}

/** What servers say may hold what moves a terminal's cursor. */
function linesOf(detail: string): readonly string[] {
  return detail.split('\n').map(printable);
}
