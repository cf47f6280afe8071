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

/** The relay quotes as JSON does; Go has a few escapes besides. */
function unquoted(text: string): string {
  try {
    const value: unknown = JSON.parse(
      text.replaceAll(/\\(?:x([0-9a-f]{2})|U0*([0-9a-f]{1,6})|[av]|.)/g, asJson),
    );
    return typeof value === 'string' ? value : text;
  } catch {
    return text.slice(1, -1);
  }
}

function asJson(whole: string, byte: string | undefined, point: string | undefined): string {
  const code = byte ?? point;
  if (code !== undefined) return JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1);
  if (whole === '\\a') return '\\u0007';
  return whole === '\\v' ? '\\u000b' : whole;
}

/** Whether the sender could not connect to a loopback address: within a container, that is the container's own. */
export function isToItself(words: string): boolean {
  return /\b(?:dial tcp|ECONNREFUSED) (?:127\.\d|\[?::1\b)/.test(words);
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
