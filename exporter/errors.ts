/** Anything can be thrown; these derive from it what people and code need. */

/** Its words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Its code as Node gives it, such as `ENOENT`; undefined where it has none. Errors of another realm count too. */
export function codeOf(error: unknown): string | undefined {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the file system says that there is no such file. */
export function isNotFound(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** An error's stack and those of its causes; never its other fields, which may hold a whole request. */
export function stackOf(error: unknown): string {
  const stacks: string[] = [];
  for (let cause = error; cause !== undefined && stacks.length < 5; ) {
    stacks.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return stacks.join('\ncaused by: ');
}
