import * as z from 'zod';
import { components } from './schema.ts';

const reference = (id: string): string => `#/components/schemas/${id}`;

/** The shapes by name, each referring to the others. */
function schemas(): Readonly<Record<string, object>> {
  const made = z.toJSONSchema(components, { uri: reference, io: 'output' }).schemas;
  return Object.fromEntries(
    Object.entries(made).map(([id, { $schema, $id, id: _, ...schema }]) => [id, schema]),
  );
}

function json(id: string, description: string, type = 'application/json'): object {
  return { description, content: { [type]: { schema: { $ref: reference(id) } } } };
}

const problem = (description: string): object => json('Problem', description, 'application/problem+json');
const notModified = { description: 'Nothing has changed since the version in `If-None-Match`.' };
const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of an earlier answer.',
  schema: { type: 'string' },
};

/** The OpenAPI 3.1 document of the API, made from the schemas of its answers. */
export function openApiDocument(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'balance-alert',
      version,
      description:
        'Read-only view of balances, renewals and billing mail: what the status page shows, as JSON.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '../..' }],
    paths: {
      '/api/v1/status': {
        get: {
          operationId: 'getStatus',
          summary: 'All accounts, renewals and mailboxes',
          parameters: [ifNoneMatch],
          responses: { 200: json('Status', 'The current status.'), 304: notModified },
        },
      },
      '/api/v1/accounts/{name}': {
        get: {
          operationId: 'getAccount',
          summary: 'One account',
          parameters: [
            {
              name: 'name',
              in: 'path',
              required: true,
              description: 'As in the account file.',
              schema: { type: 'string' },
            },
            ifNoneMatch,
          ],
          responses: {
            200: json('Account', 'The account.'),
            304: notModified,
            404: problem('No enabled account has this name.'),
          },
        },
      },
      '/api/v1/openapi.json': {
        get: {
          operationId: 'getOpenApi',
          summary: 'This document',
          responses: {
            200: {
              description: 'OpenAPI 3.1.',
              content: { 'application/json': { schema: { type: 'object' } } },
            },
          },
        },
      },
      '/renewals.ics': {
        get: {
          operationId: 'getRenewals',
          summary: 'Renewals of the next twelve months, as a calendar to subscribe to',
          parameters: [ifNoneMatch],
          responses: {
            200: { description: 'iCalendar.', content: { 'text/calendar': { schema: { type: 'string' } } } },
            304: notModified,
          },
        },
      },
    },
    components: { schemas: schemas() },
  };
}
