/** The address of a request with its query, as it is sent and as it is signed: one that differs by a character is refused. */
export function wholeUrl({
  url,
  query = {},
}: {
  readonly url: string;
  readonly query?: Readonly<Record<string, string>>;
}): URL {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(query)) whole.searchParams.append(name, value);
  return whole;
}

/** Headers by their names in small letters, however they were written; of two that differ in case the last one counts. */
export function withLowerCaseNames(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A header of an answer; the first of several. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const header = headers[name];
  return typeof header === 'string' ? header : header?.[0];
}

/** When an answer was made by the clock of who made it, in milliseconds since the epoch; NaN where it does not say. */
export function dateOf(headers: Headers): number {
  return Date.parse(headerOf(headers, 'date') ?? '');
}
