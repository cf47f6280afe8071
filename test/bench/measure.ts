import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/** The one that half of them are below. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export interface Memory {
  /** All pages in memory, those of the runtime's own file included, which processes share and the system can drop. */
  readonly resident: number;
  /** Pages that are the process's own: what a container's limit can't get rid of. */
  readonly own: number;
}

/** Memory of a process in MiB, as the kernel counts it; zeros where there is no /proc. */
export function memoryOf({ pid }: ChildProcess): Memory {
  let text = '';
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // Not Linux: nothing is measured, and the table says so.
  }
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return { resident: kibibytes('VmRSS') / 1024, own: kibibytes('RssAnon') / 1024 };
}

/** Processor time that a process has taken so far, in seconds; 0 where there is no /proc. Counted in steps of 10 ms. */
export function cpuSecondsOf({ pid }: ChildProcess): number {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const fields = rest.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

export interface Helper {
  readonly child: ChildProcess;
  /** What it said first. */
  readonly said: string;
  readonly stop: () => Promise<void>;
}

/** Starts a program of this folder, bundled as the image's is, in a process of its own, and waits for its first line. */
export async function startHelper(file: string, args: readonly string[]): Promise<Helper> {
  const folder = mkdtempSync(join(tmpdir(), 'balance-alert-bench-'));
  const program = join(folder, 'helper.mjs');
  await build({
    entryPoints: [resolve(import.meta.dirname, file)],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const said = await new Promise<string>((done, failed) => {
    createInterface({ input: child.stdout }).once('line', done);
    child.once('close', () => failed(new Error(`${file} ended before it said anything`)));
  });
  return {
    child,
    said,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** One connection that is kept, as a scraper's is. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Asks for a page; the time to its last byte in milliseconds, and its length in bytes. */
export function timeGet(url: string): Promise<{ readonly took: number; readonly bytes: number }> {
  const started = performance.now();
  return new Promise((done, failed) => {
    get(url, { agent, headers: { 'accept-encoding': 'identity' } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => {
        if (response.statusCode === 200) done({ took: performance.now() - started, bytes });
        else failed(new Error(`${url} answered ${response.statusCode}`));
      });
    }).on('error', failed);
  });
}
