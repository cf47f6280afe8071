/** What to do about one alert, in Markdown below its own heading. */
export interface Runbook {
  readonly title: string;
  readonly markdown: string;
}

/**
 * The runbooks of a Markdown document: each `## Heading` of one word names an alert, and what follows, up to the
 * next such heading, is its runbook. Headings within fences of code are text.
 */
export function readRunbooks(document: string): ReadonlyMap<string, Runbook> {
  const runbooks = new Map<string, Runbook>();
  let title: string | undefined;
  let lines: string[] = [];
  let fence: string | undefined;
  const finish = (): void => {
    if (title !== undefined) runbooks.set(title, { title, markdown: `${lines.join('\n').trim()}\n` });
    title = undefined;
    lines = [];
  };
  for (const line of document.split(/\r?\n/)) {
    const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    } else if (mark !== undefined) {
      fence = mark;
    } else if (/^#{1,2} /.test(line)) {
      finish();
      const [, name] = /^## +([A-Za-z][A-Za-z0-9]*)\s*#*$/.exec(line) ?? [];
      title = name;
      continue;
    }
    lines.push(line);
  }
  finish();
  return runbooks;
}
