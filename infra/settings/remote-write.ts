import * as z from 'zod';
import { credentialsProblem, httpCredentials } from './receivers.ts';
import { oneOf, shown, writeUrl } from './values.ts';

/** Storages that Prometheus sends its samples to: Mimir, Thanos, VictoriaMetrics and others that speak remote write. */

/** Version 2.0 is only for storages that are known to take it: VictoriaMetrics 1.151 answers 204 to it and keeps nothing. */
const protocols = ['1.0', '2.0'] as const;

const entry = z
  .strictObject({
    url: writeUrl,
    protocol: oneOf(protocols).default('1.0'),
    /** Mimir's and Thanos' tenant, sent as the header `X-Scope-OrgID` or `THANOS-TENANT`. */
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9!_.*'()-]{1,150}$/, {
        error: (issue) => `expected the name of a tenant, got ${shown(issue.input)}`,
      })
      .optional(),
    ...httpCredentials,
  })
  .superRefine((value, context) => {
    const message = credentialsProblem(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

export type RemoteWrite = z.output<typeof entry>;

export const remoteWrite = z
  .array(entry, 'expected a list of storages, each with a url')
  .superRefine((entries, context) => {
    for (const [index, { url }] of entries.entries()) {
      if (entries.findIndex((other) => other.url === url) < index)
        context.addIssue({
          code: 'custom',
          path: [index, 'url'],
          message: 'expected each URL once: samples would be written twice',
        });
    }
  });
