import { loadAccountFile } from '../../exporter/account-file/load.ts';
import type { FileResult } from '../../exporter/account-file/read.ts';
import type { Config } from '../../exporter/account-file/schema.ts';
import type { AccountStorage } from '../../exporter/accounts/storage.ts';
import { formatProblem } from '../../exporter/config/located-yaml.ts';
import { Exporter } from '../../exporter/exporter.ts';
import { createMemoryMailStore } from '../../exporter/mail/store.ts';
import { findProvider } from '../../exporter/providers/registry.ts';
import { recordingLogger } from './logger.ts';

function read(text: string): FileResult {
  const result = loadAccountFile({ file: 'a.yaml', text, resolveSecret: () => undefined, now: Date.now() });
  return result.ok ? result : { ok: false, errors: result.problems.map(formatProblem) };
}

function config(text: string): Config {
  const result = read(text);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.config;
}

/** An exporter whose file and clock the test holds. */
export function startExporter(text: string, storage?: AccountStorage) {
  let file = text;
  let now = Date.now();
  let saveFailures = 0;
  let fault: Error | undefined;
  const { logger, lines } = recordingLogger();
  const exporter = new Exporter(config(text), {
    load: () => {
      if (fault !== undefined) throw fault;
      return read(file);
    },
    findProvider,
    logger,
    now: () => now,
    random: () => 0,
    concurrency: 8,
    storage,
    mailStore: createMemoryMailStore(),
    onStorageFailure: () => {
      saveFailures += 1;
    },
  });
  exporter.start();
  return {
    exporter,
    lines,
    saveFailures: () => saveFailures,
    now: () => now,
    breakLoad: (error: Error) => {
      fault = error;
    },
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    write: (next: string) => {
      file = next;
    },
  };
}
