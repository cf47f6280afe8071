/**
 * Takes SIGHUP for `serve` from the moment this is loaded: without a handler the signal ends the process, and loading the
 * program takes a while. Imported before everything else. Other commands end with the signal, as programs do.
 */

let isPending = false;
let act = (): void => {
  isPending = true;
};

const [command = 'serve'] = process.argv.slice(2);
if (command === 'serve' || command.startsWith('-')) process.on('SIGHUP', () => act());

/** Calls back on each SIGHUP from now on, and at once where there was one before. */
export function onHangUp(action: () => void): void {
  act = action;
  if (isPending) action();
  isPending = false;
}
