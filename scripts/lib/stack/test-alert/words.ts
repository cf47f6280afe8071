/** What the logs of Alertmanager and of the relay say of a notification that failed. */

/** `key=value` and `key="value"`, as both programs write. */
function fieldsOf(line: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...line.matchAll(/([A-Za-z_]+)=("(?:[^"\\]|\\.)*"|\S*)/g)].map(([, key = '', value = '']) => [
      key,
      value.startsWith('"') ? unquoted(value) : value,
    ]),
  );
}

/** Go and the relay quote as JSON does, but for a few escapes; those stay as they are. */
function unquoted(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text.slice(1, -1);
  }
}

/** What Alertmanager puts in front of a receiver's words. */
const wrapping =
  /^\S+\/\w+\[\d+\]: |^notify retry canceled (?:due to unrecoverable error )?after \d+ attempts: /;

/**
 * The receiver's own words in the lines that were written since the test began; undefined where there are none. The relay's
 * line is preferred: it has the bot's words without Alertmanager's around them.
 */
export function wordsOf(
  lines: readonly string[],
  { receiver, channel }: { readonly receiver: string; readonly channel: string | undefined },
): string | undefined {
  const fields = lines.map(fieldsOf);
  const relay = fields.findLast(
    (one) => one['msg'] === 'notification not delivered' && one['channel'] === channel,
  );
  if (relay !== undefined) return `${relay['error']} (${relay['result']}: ${relay['reason']})`;
  const alertmanager = fields.findLast(
    ({ err, receiver: name }) => err !== undefined && (name === receiver || err.startsWith(`${receiver}/`)),
  );
  let words = alertmanager?.['err'];
  while (words !== undefined && wrapping.test(words)) words = words.replace(wrapping, '');
  return words?.trim();
}
