import * as z from 'zod';
import { mayCarryKeys } from '../../config/address.ts';
import { secretSchema } from '../../config/secret.ts';
import { CheckError } from '../../readings/check-error.ts';
import { addressSchema, requireHttps } from '../base-url.ts';
import type { Provider } from '../contract.ts';
import { askJson } from '../json/index.ts';
import type { JsonOptions } from '../json/schema.ts';
import { jsonOptionsSchema } from '../json/schema.ts';
import type { Preset, PresetOption } from './definition.ts';
import { choosesAddress, hasAddress } from './definition.ts';
import { expand, variablesOf } from './expand.ts';

/** A provider out of a preset: its options are checked like any other's, and the engine of `json` asks. */
export function presetProvider(id: string, preset: Preset): Provider {
  /** What the options of each account come to, for as long as the account file has them. */
  const requests = new WeakMap<object, JsonOptions>();
  const requestFor = (options: PresetOptions): JsonOptions => {
    const known = requests.get(options);
    if (known !== undefined) return known;
    const expanded = expandedRequest(preset, options);
    if (!expanded.success) {
      throw new CheckError('internal', `the preset ${id} is not valid`, { cause: expanded.error });
    }
    requests.set(options, expanded.data);
    return expanded.data;
  };
  return {
    id,
    title: preset.title,
    kind: preset.kind,
    units: preset.units,
    sign: preset.sign,
    docs: preset.docs,
    minIntervalSeconds: preset.min_interval,
    evidence: preset.evidence,
    credential: preset.credential,
    permission: preset.permission,
    options: optionsSchema(preset),
    variables: variablesOfOptions(preset),
    insufficientVariables: preset.insufficient ?? {},
    alternatives: alternativesOf(preset),
    check: ({ options, http, now }) => askJson(requestFor(asOptions(options)), http, now()),
  };
}

function variablesOfOptions({
  options,
  base_url_variables: ofAddress,
}: Preset): Provider['variables'] & object {
  const ofOptions = Object.entries(options).flatMap(([name, { variables }]) =>
    variables === undefined ? [] : [[name, variables] as const],
  );
  return Object.fromEntries([
    ...ofOptions,
    ...(ofAddress === undefined ? [] : [['base_url', ofAddress] as const]),
  ]);
}

/** Choices between addresses: a key is from one of them. */
function alternativesOf({ options }: Preset): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => {
      if (!('choices' in option) || option.default === undefined || !choosesAddress(option)) return [];
      const words = Object.keys(option.choices).filter((word) => word !== option.default);
      return [[name, [option.default, ...words]] as const];
    }),
  );
}

type PresetOptions = Readonly<Record<string, unknown>>;

function asOptions(options: unknown): PresetOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError('expected the options of an account');
  // The same object, as what is kept for an account is kept by it.
  return options as PresetOptions;
}

function expandedRequest(preset: Preset, options: PresetOptions) {
  const variables = variablesOf(preset, options);
  const request = expand(preset.json, variables);
  const base: unknown = variables.get('base_url');
  return jsonOptionsSchema.safeParse({
    ...(typeof request === 'object' ? request : {}),
    // The options were checked for that; `json` itself asks for more.
    allow_http: typeof base === 'string' && mayCarryKeys(base, options['allow_http'] === true),
    // What a preset writes out itself is no key, and what its options hold was checked as such.
    allow_literal: true,
  });
}

/** Options as the preset asks for them, and the vendor's address, which gateways and tests change. */
function optionsSchema(preset: Preset): z.ZodType {
  const fields = Object.entries(preset.options).map(([name, option]) => [
    name,
    optionSchema(option).describe(option.about),
  ]);
  const address = addressSchema();
  return z
    .strictObject({
      ...Object.fromEntries(fields),
      base_url: hasAddress(preset) ? address.optional() : address,
      allow_http: z.boolean().optional(),
    })
    .superRefine(({ base_url: url, allow_http: allowHttp }, context) => {
      if (typeof url === 'string') requireHttps('base_url', url, allowHttp === true, context);
    });
}

function optionSchema(option: PresetOption): z.ZodType {
  if ('secret' in option) return option.optional === true ? secretSchema.optional() : secretSchema;
  if ('choices' in option) {
    const words = z.enum(Object.keys(option.choices));
    return option.default === undefined ? words : words.default(option.default);
  }
  const expected = `expected ${option.about}`;
  const value: z.ZodType =
    option.number === true
      ? z.number({ error: expected })
      : z
          .string({ error: expected })
          .regex(new RegExp(option.pattern ?? '^[^\\s{}]+$', 'u'), { error: expected });
  if (option.default !== undefined) return value.default(option.default);
  return option.optional === true ? value.optional() : value;
}
