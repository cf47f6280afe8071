import type { FailureReason } from '../../readings/check-error.ts';
import { CheckError } from '../../readings/check-error.ts';
import { AbsentFigure, isTruthy, search } from './expression.ts';

/** What an answer must say before a figure of it is read. */
export interface VerdictOptions {
  readonly expr: string;
  readonly equals?: Literal | readonly Literal[] | undefined;
  readonly message?: string | undefined;
  readonly code?: string | undefined;
  readonly reasons?: Readonly<Record<string, FailureReason>> | undefined;
}

export type Literal = string | number | boolean | null;

/** Whether what was found is one of the values that are wanted; true in JMESPath's sense where none are. */
export function isOneOf(found: unknown, equals: VerdictOptions['equals']): boolean {
  if (equals === undefined) return isTruthy(found);
  const wanted: readonly unknown[] = Array.isArray(equals) ? equals : [equals];
  return wanted.includes(found ?? null);
}

/**
 * Many vendors answer 200 and say no inside.
 * @throws CheckError with the reason that the vendor's code stands for; `business` where the account file names none
 */
export function verify(check: VerdictOptions | undefined, answer: unknown): void {
  if (check === undefined) return;
  const found = searched(answer, check.expr);
  if (isOneOf(found, check.equals)) return;
  const said = check.message === undefined ? undefined : searched(answer, check.message);
  const words = typeof said === 'string' && said.trim() !== '' ? `: ${said.trim()}` : '';
  const code = check.code === undefined ? found : searched(answer, check.code);
  const reason = reasonFor(code, check.reasons) ?? 'business';
  throw new CheckError(reason, `the vendor refused (${check.expr})${words}`);
}

/** A verdict may count what is not there. */
function searched(answer: unknown, expression: string): unknown {
  try {
    return search(answer, expression, { sumOfNothing: 0 });
  } catch (error) {
    if (error instanceof AbsentFigure) return null;
    throw error;
  }
}

function reasonFor(code: unknown, reasons: VerdictOptions['reasons']): FailureReason | undefined {
  if (
    reasons === undefined ||
    (typeof code !== 'string' && typeof code !== 'number' && typeof code !== 'boolean')
  ) {
    return undefined;
  }
  const key = String(code);
  return Object.hasOwn(reasons, key) ? reasons[key] : undefined;
}
