import { parseDuration } from '../../../exporter/config/duration.ts';
import type { Flags } from '../terminal/arguments.ts';
import { exitCodes, Failure } from '../terminal/failure.ts';

/** Values of flags that scripts which render files have in common. What is wrong is added to `problems`, and all is said at once. */

/** Reads a flag that takes a text. */
export function textIn<Name extends string>(flags: Flags<Name>): (name: Name) => string | undefined {
  return (name) => {
    const value = flags[name];
    return typeof value === 'string' ? value : undefined;
  };
}

/** A name of Kubernetes (RFC 1123 label), which Consul takes for a service, too. */
export function labelOf(name: string, text: string, problems: string[]): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text))
    problems.push(`--${name}: expected lower-case letters, digits and "-", at most 63, got ${text}`);
  return text;
}

/** An http or https URL without credentials, and without a slash at its end. */
export function urlOf(name: string, text: string, problems: string[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    problems.push(`--${name}: expected an http or https URL, got ${text}`);
  else if (url.username !== '' || url.password !== '')
    problems.push(`--${name}: expected a URL without user name and password`);
  return text.replace(/\/+$/, '');
}

/** Of `--interval`, in seconds; a minute where it is left out. */
export function intervalOf(text = '60s', problems: string[]): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 15 || seconds > 120)
    problems.push(
      `--interval: expected a duration from 15s to 2m, got ${text}: rules and dashboards look back five minutes`,
    );
  return seconds ?? 60;
}

/** @throws Failure (2) with all problems, where there are some; `what` is its heading where there are several */
export function refuse(problems: readonly string[], what: string, script: string): void {
  const [only, ...others] = problems;
  if (only === undefined) return;
  throw others.length === 0
    ? new Failure(only, [`${script} --help lists the flags`], exitCodes.usage)
    : new Failure(what, [...problems], exitCodes.usage);
}
