import * as z from 'zod';
import { durationSchema } from '../../config/duration.ts';
import { readingTypes } from '../../readings/reading.ts';

/** What a variable of a preset is called: `{name}` in its `json` part. */
const variableSchema = z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected small letters, digits and "_"');

/** What an environment variable is called. */
const environmentVariableSchema = z.string().regex(/^[A-Z0-9][A-Z0-9_]*$/, 'expected the name of a variable');

const common = {
  /** What it is, in a few words: for the documents. */
  about: z.string().min(1),
  /** As it is written in examples and tests. */
  example: z.union([z.string().min(1), z.number()]).optional(),
  /** Environment variables that usually hold it, the vendor's own name first: for `balance-alert init`. */
  variables: z.array(environmentVariableSchema).min(1).optional(),
};

/**
 * One option of an account: a secret, a text, a number, or one of several words that each stand for some variables.
 */
const optionSchema = z.union([
  z.strictObject({ ...common, secret: z.literal(true), optional: z.literal(true).optional() }),
  z.strictObject({
    ...common,
    /** Must be given, unless there is a default or it is optional: what is not given is left out of the request. */
    default: z.union([z.string().min(1), z.number()]).optional(),
    optional: z.literal(true).optional(),
    pattern: z.string().min(1).optional(),
    number: z.literal(true).optional(),
  }),
  z.strictObject({
    ...common,
    default: z.string().min(1).optional(),
    choices: z.record(z.string().min(1), z.record(variableSchema, z.union([z.string(), z.number()]))),
  }),
]);

export type PresetOption = z.output<typeof optionSchema>;

const readingSchema = z.record(z.string(), z.unknown());

/** A documented answer with sample figures, and what it is read as. */
const fixtureSchema = z.strictObject({
  /** Options beside the secrets and examples, where the answer needs others. */
  options: z.record(z.string(), z.unknown()).optional(),
  /** JSON, or XML as text. */
  answer: z.unknown().optional(),
  /** Where there are several requests: their answers, by name. */
  answers: z.record(z.string(), z.unknown()).optional(),
  /** Without `kind`, which is a balance unless it has a period. */
  readings: z.array(readingSchema).min(1),
  /** Headers and query that the vendor must have got, with the secrets as `secret-NAME`. */
  sent: z
    .strictObject({
      headers: z.record(z.string(), z.string()).optional(),
      query: z.record(z.string(), z.string()).optional(),
      path: z.string().optional(),
      body: z.string().optional(),
    })
    .optional(),
});

/** The file of a preset: a vendor as data, asked by the engine of the provider `json`. */
export const presetSchema = z.strictObject({
  title: z.string().min(1),
  kind: z.enum([...readingTypes, 'spend']),
  units: z.array(z.string().min(1)).min(1),
  sign: z.string().min(1),
  docs: z.url(),
  /** Shortest interval between two checks that the vendor accepts. */
  min_interval: durationSchema,
  /** `vendor`: confirmed by its own documentation or code; `third party`: by others only. */
  evidence: z.enum(['vendor', 'third party']),
  credential: z.string().min(1),
  permission: z.string().min(1),
  /** The vendor's address, unless an option decides; absent for gateways that people run themselves. */
  base_url: z.url().optional(),
  /** Environment variables that usually hold the address of such a gateway. */
  base_url_variables: z.array(environmentVariableSchema).min(1).optional(),
  options: z.record(variableSchema, optionSchema),
  /** Environment variables with keys of the vendor that are not enough, and what is. */
  insufficient: z.record(environmentVariableSchema, z.string().min(1)).optional(),
  /** Options of the provider `json`, with `{name}` for what the account's options say. */
  json: z.record(z.string(), z.unknown()),
  /** Notes for its users. */
  notes: z.string().min(1).optional(),
  fixture: fixtureSchema,
});

export type Preset = z.output<typeof presetSchema>;

/** Whether an option decides between addresses of the vendor. */
export function choosesAddress(option: PresetOption): boolean {
  return 'choices' in option && Object.values(option.choices).every((choice) => 'base_url' in choice);
}

/** Whether an account needs no address of its own. */
export function hasAddress({ base_url: url, options }: Preset): boolean {
  return url !== undefined || Object.values(options).some(choosesAddress);
}
