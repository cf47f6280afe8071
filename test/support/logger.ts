import type { Logger } from '../../exporter/log.ts';

/** Says nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Keeps each line as level and message, with its fields. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: unknown[][] } {
  const lines: unknown[][] = [];
  const at =
    (level: string): Logger['info'] =>
    (message, fields) =>
      void lines.push([level, message, fields ?? {}]);
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}
