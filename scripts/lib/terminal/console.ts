/** What the scripts print: a line for each step, and what Pulumi does below it. */

export interface Console {
  /** A heading for what comes next. */
  step(text: string): void;
  /** A detail of the step. */
  line(text: string): void;
  /** Something that deserves a look but stops nothing. */
  warn(text: string): void;
}

export function createConsole(write: (text: string) => void): Console {
  return {
    step: (text) => write(`${text}\n`),
    line: (text) => write(`  ${text}\n`),
    warn: (text) => write(`  ! ${text}\n`),
  };
}
