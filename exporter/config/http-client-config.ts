import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../errors.ts';
import { basicAuthorization } from './basic-auth.ts';
import { readYamlFile } from './yaml-file.ts';

/**
 * The file in which Prometheus' own tools take credentials and authorities (`promtool --http.config.file`,
 * `amtool --http.config.file`), so that one file works for all of them.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#http_config
 */

const clientSchema = z.strictObject({
  basic_auth: z
    .strictObject({
      username: z.string().min(1),
      password: z.string().min(1).optional(),
      password_file: z.string().min(1).optional(),
    })
    .optional(),
  authorization: z
    .strictObject({
      type: z.literal('Bearer').default('Bearer'),
      credentials: z.string().min(1).optional(),
      credentials_file: z.string().min(1).optional(),
    })
    .optional(),
  tls_config: z.strictObject({ ca_file: z.string().min(1) }).optional(),
});

/** How a server is asked. */
export interface HttpClientConfig {
  /** Value of the header of that name; secret. */
  readonly authorization: string | undefined;
  /** PEM file of authorities to trust beside the runtime's. Absolute. */
  readonly caFile: string | undefined;
}

export type HttpClientConfigResult =
  | { readonly ok: true; readonly config: HttpClientConfig }
  | { readonly ok: false; readonly errors: readonly string[] };

/** Reads the file and the ones that it names; relative paths start at its own folder. No error holds a credential. */
export function loadHttpClientConfig(file: string): HttpClientConfigResult {
  const read = readYamlFile(file, clientSchema, 'cannot be read');
  if (!read.ok) return read;
  const { report, errors } = read;
  const { basic_auth: basic, authorization: bearer, tls_config: tls } = read.value;
  /** The credential from the file itself or from one that it names; one of the two has to be there. */
  const credential = (
    section: string,
    key: string,
    value: string | undefined,
    valueFile: string | undefined,
  ): string => {
    if ((value === undefined) === (valueFile === undefined)) {
      report([section], `expected either ${key} or ${key}_file`);
      return '';
    }
    if (value !== undefined || valueFile === undefined) return value ?? '';
    try {
      const content = readFileSync(resolve(dirname(file), valueFile), 'utf8').trim();
      if (content === '') report([section, `${key}_file`], 'expected a value, got an empty file');
      return content;
    } catch (error) {
      report([section, `${key}_file`], `cannot read it: ${messageOf(error)}`);
      return '';
    }
  };
  if (basic !== undefined && bearer !== undefined)
    report(['authorization'], 'expected either basic_auth or authorization, got both');
  const authorization =
    basic !== undefined
      ? basicAuthorization(
          basic.username,
          credential('basic_auth', 'password', basic.password, basic.password_file),
        )
      : bearer !== undefined
        ? `Bearer ${credential('authorization', 'credentials', bearer.credentials, bearer.credentials_file)}`
        : undefined;
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    config: { authorization, caFile: tls === undefined ? undefined : resolve(dirname(file), tls.ca_file) },
  };
}
