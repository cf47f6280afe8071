import { Secret } from '../../exporter/config/secret.ts';
import type { Preset, PresetOption } from '../../exporter/providers/presets/definition.ts';
import type { Reading } from '../../exporter/readings/reading.ts';

/** A moment to test at, in the November that the fixtures are from. */
export const presetNow = new Date('2026-11-24T08:20:00Z');

/** Options of an account of a preset as examples have them: secrets are `secret-NAME`. */
export function exampleOptions(preset: Preset): Record<string, unknown> {
  const options = Object.entries(preset.options).flatMap(([name, option]): [string, unknown][] => {
    const value = exampleOf(name, option);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(options), ...preset.fixture.options };
}

function exampleOf(name: string, option: PresetOption): unknown {
  if ('secret' in option) return option.optional === true ? undefined : new Secret(name, `secret-${name}`);
  if (option.example !== undefined) return option.example;
  if (option.default !== undefined || ('optional' in option && option.optional === true)) return undefined;
  throw new Error(`the option ${name} needs an example`);
}

/** The documented answers in the order in which they are asked for, as texts. */
export function documentedAnswers({ fixture }: Preset): readonly string[] {
  const answers = fixture.answers === undefined ? [fixture.answer] : Object.values(fixture.answers);
  return answers.map((answer) => (typeof answer === 'string' ? answer : JSON.stringify(answer)));
}

/** The readings that a preset says its documented answer has, as plain data. */
export function documentedReadings({ fixture }: Preset): readonly unknown[] {
  const month = { periodStart: Date.UTC(2026, 10) / 1000, periodEnd: Date.UTC(2026, 11) / 1000 };
  return fixture.readings.map((reading) => {
    const { unlimited, ...rest } = reading;
    if (unlimited === true) return { kind: 'unlimited', ...rest };
    return 'period' in reading ? { kind: 'spend', ...month, ...rest } : { kind: 'balance', ...rest };
  });
}

/** What a reading says, without the circumstances: two of the same are the same figure. */
export function figureOf(reading: Reading): string {
  const window = reading.kind === 'spend' ? reading.period : (reading.window ?? '');
  const type = reading.kind === 'spend' ? 'spend' : reading.type;
  const wallet = reading.kind === 'spend' ? '' : (reading.wallet ?? '');
  return JSON.stringify([type, reading.unit, window, wallet, reading.value ?? 'no limit']);
}

/** A copy of a document for each place in it, with what stands there changed; undefined takes it away. */
export function variationsOf(
  document: unknown,
  change: (value: unknown) => unknown,
): readonly { readonly path: string; readonly document: unknown }[] {
  return placesOf(document).map((path) => ({
    path: path.join('.'),
    document: withChange(document, path, change),
  }));
}

function placesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]: [string, unknown]) => placesOf(item, [...path, key]))
      : [];
  return path.length === 0 ? below : [path, ...below];
}

function withChange(value: unknown, path: readonly string[], change: (value: unknown) => unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      String(index) === first ? withChange(item, rest, change) : item,
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(
        ([key, item]: [string, unknown]) =>
          [key, key === first ? withChange(item, rest, change) : item] as const,
      )
      .filter(([, item]) => item !== undefined),
  );
}
