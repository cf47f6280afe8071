import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '../..');

/** What the image runs, and what a checkout runs. */
export const bundle = resolve(root, 'dist/balance-alert.mjs');
export const checkout = resolve(root, 'exporter/main.ts');

/** A program that serves; how long it took until it was ready, in milliseconds. */
export async function startExporter(program: string, configFile: string, more: readonly string[] = []) {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      program,
      'serve',
      `--config.file=${configFile}`,
      '--web.listen-address=127.0.0.1:0',
      '--web.status-address=127.0.0.1:0',
      ...more,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const url = await new Promise<string>((done, failed) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, base] = /listening for scrapes.* url=(http:\/\/[^/\s]+)\//.exec(line) ?? [];
      if (base !== undefined) done(base);
    });
    child.once('close', () => failed(new Error(`${program} ended before it listened`)));
  });
  while (!(await fetch(`${url}/-/ready`)).ok) await pause(2);
  const took = performance.now() - started;
  return {
    child,
    url,
    took,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The sum of all series of a metric. */
export async function sumOf(url: string, metric: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = text.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)`, 'gm'));
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}
