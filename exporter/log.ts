import { pino } from 'pino';
import type { Redactor } from './config/redact.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ['logfmt', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One line for each event: a fixed message, and what differs in fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Takes whole lines, with their line break. */
  readonly write: (line: string) => void;
  /** Applied to each line as a whole, so that no way leads around it. */
  readonly redact: Redactor;
}

export function createLogger({ level, format, write, redact }: LoggerOptions): Logger {
  const stream = {
    write(line: string) {
      write(redact(format === 'json' ? line : toLogfmt(line)));
    },
  };
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'msg',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  };
}

/** The same line as `key=value` pairs, the form of Prometheus' own programs. */
function toLogfmt(line: string): string {
  const fields: unknown = JSON.parse(line);
  if (typeof fields !== 'object' || fields === null) return line;
  const { time, level, msg, ...rest }: Readonly<Record<string, unknown>> = { ...fields };
  const pairs = Object.entries({ time, level, msg, ...rest });
  return `${pairs.map(([key, value]) => `${key}=${logfmtValue(value)}`).join(' ')}\n`;
}

function logfmtValue(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return /^[^\s"=\\]+$/.test(text) ? text : JSON.stringify(text);
}
