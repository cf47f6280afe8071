/** Pulumi's progress as people see it: without resources that are refreshed without a change or stay the same. */

/** Escape sequences, such as colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapes = /\u001b\[[0-9;]*[A-Za-z]/g;

/** A line about a resource: mark, type, name, and what happens to it. */
const resourceLine =
  /^ ?(?<mark>[~+\-=>< ]{1,3}) +(?<type>[\w-]+:[\w/-]+:[\w/-]+) (?<name>\S+) ?(?<rest>.*)$/;
/** Dots of a wait. */
const dots = /^@ \w+( \w+)?\.*$/;
/** The first half of a pair whose second half says how long it took. */
const begun =
  /^(creating|updating|deleting|replacing|replaced|refreshing|refresh)( original| replacement)?( \([^)]*\))?(?<said>.*)$/;
/** Outputs of parts that the stack does not have. */
const absentOutput = /Undefined value \(\w+\) will not show as a stack output/;
/** What follows a change that is reported in full elsewhere. */
const difference = /^\s*(\[diff: [^\]]*\])?\s*$/;

/** Whether a line of `pulumi up`, `preview`, `destroy` or `refresh` is worth showing. */
export function isWorthShowing(line: string): boolean {
  const text = line.replace(escapes, '');
  if (dots.test(text) || absentOutput.test(text)) return false;
  const { mark, type, rest } = resourceLine.exec(text)?.groups ?? {};
  if (mark === undefined || type === undefined || rest === undefined) return true;
  const { said } = begun.exec(rest)?.groups ?? {};
  if (said === undefined) {
    // Without a mark, it stays as it is; a word about it still counts.
    return mark.trim() !== '' || /error|warning|failed/i.test(rest);
  }
  if (/error|warning|failed/i.test(said)) return true;
  // What takes its time (a container that has to become healthy, a build) is announced; the rest is reported once.
  const slow = /^docker:index\/?(container|image)?:(Container|Image)$/.test(type);
  return slow && difference.test(said) && /^(creating|deleting)/.test(rest);
}

/** Arguments for colours as Pulumi makes them, where somebody looks at them. */
export function colorOption(): readonly string[] {
  return ['--color', process.stdout.isTTY === true && !process.env['NO_COLOR'] ? 'always' : 'never'];
}
