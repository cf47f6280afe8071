import type { MetricName, Sample } from './catalog.ts';
import { definitionOf } from './catalog.ts';

/** The Prometheus text format 0.0.4. */
export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** HELP and TYPE of a metric, with their line breaks. */
export function renderHeader(metric: MetricName): string {
  const { help, type } = definitionOf(metric);
  return `# HELP ${metric} ${help.replace(/[\\\n]/g, escapeCharacter)}\n# TYPE ${metric} ${type}\n`;
}

/** One line, with its line break. Labels without a value are left out, which Prometheus treats alike. */
export function renderSample({ metric, labels, value }: Sample): string {
  let text = '';
  for (const name in labels) {
    const label = labels[name];
    if (label === undefined || label === '') continue;
    text += `${text === '' ? '' : ','}${name}="${escapeLabel(label)}"`;
  }
  return text === '' ? `${metric} ${renderValue(value)}\n` : `${metric}{${text}} ${renderValue(value)}\n`;
}

function escapeLabel(value: string): string {
  // Lone surrogates are no text; encoding would turn them into this character anyway.
  const text = value.isWellFormed() ? value : value.toWellFormed();
  return /["\\\n]/.test(text) ? text.replace(/["\\\n]/g, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}

export function renderValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
