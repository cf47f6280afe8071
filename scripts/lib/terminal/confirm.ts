import { createInterface } from 'node:readline/promises';
import { Interrupted } from './failure.ts';
import type { Interruption } from './process.ts';

/** Asks a question on the terminal; only "y" and "yes" are a yes. */
export async function confirm(question: string, interruption: Interruption): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // The line editor takes Ctrl-C for itself and would swallow it.
  terminal.on('SIGINT', () => interruption.request());
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: interruption.signal });
    return /^\s*(y|yes)\s*$/i.test(answer);
  } catch (error) {
    if (interruption.requested) throw new Interrupted(['nothing was changed']);
    throw error;
  } finally {
    terminal.close();
  }
}
