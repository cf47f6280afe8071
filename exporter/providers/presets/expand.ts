import { Secret } from '../../config/secret.ts';
import type { Preset } from './definition.ts';

/** What the options of an account stand for, by variable; undefined for what was not given. */
export type Variables = ReadonlyMap<string, unknown>;

/** Variables of an account's options: each option by its name, and those that a choice stands for. */
export function variablesOf(preset: Preset, options: Readonly<Record<string, unknown>>): Variables {
  const variables = new Map<string, unknown>([['base_url', preset.base_url]]);
  for (const [name, option] of Object.entries(preset.options)) {
    const given = options[name];
    variables.set(name, given);
    if (!('choices' in option)) continue;
    // What only other choices stand for is left out, like an option that was not given.
    for (const variable of Object.values(option.choices).flatMap(Object.keys)) {
      if (!variables.has(variable)) variables.set(variable, undefined);
    }
    for (const [variable, value] of Object.entries(option.choices[String(given)] ?? {})) {
      variables.set(variable, value);
    }
  }
  if (options['base_url'] !== undefined) variables.set('base_url', options['base_url']);
  return variables;
}

/**
 * A part of the preset with its variables put in. A text that is one variable becomes its value, be it a secret or a number, or is
 * left out with its key where nothing was given; within a longer text it is put in as text. Other braces stay as they are.
 */
export function expand(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return expandText(value, variables);
  if (Array.isArray(value)) return value.map((item: unknown) => expand(item, variables));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]: [string, unknown]) => [key, expand(item, variables)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

function expandText(text: string, variables: Variables): unknown {
  const whole = /^\{([a-z][a-z0-9_]*)\}$/.exec(text)?.[1];
  if (whole !== undefined && variables.has(whole)) return variables.get(whole);
  return text.replace(/\{([a-z][a-z0-9_]*)\}/g, (braces, name: string) => {
    if (!variables.has(name)) return braces;
    const value = variables.get(name);
    if (value instanceof Secret) throw new Error(`a secret cannot be a part of a text: {${name}} in ${text}`);
    return String(value ?? '');
  });
}
