/**
 * Sequences that a terminal acts on (ECMA-48): with parameters, with a text up to its end, and of one character.
 * `stripVTControlCharacters` of Node.js takes the square of the length of a text for those with a text of their own.
 */
const controlSequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0080-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g;

/**
 * A text of somebody else's as one line that is safe to print: no terminal sequences, no control characters, nothing
 * that turns the direction of writing round.
 */
export function printable(text: string): string {
  return text
    .replace(controlSequence, '')
    .replace(/(?!\s)[\p{Cc}\p{Cf}\p{Co}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}
