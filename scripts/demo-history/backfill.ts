import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as z from 'zod';

/** Puts generated history into the volume of a Prometheus container, by the block writer in Prometheus' own image. */

/** One call of the Docker engine's API; the answer of any status. */
export type EngineCall = (
  method: 'DELETE' | 'GET' | 'POST' | 'PUT',
  path: string,
  body?: { readonly type: string; readonly content: Buffer },
) => Promise<{ readonly status: number; readonly body: Buffer }>;

export interface BackfillOptions {
  readonly call: EngineCall;
  /** Prometheus' image: `promtool` is in it. */
  readonly image: string;
  /** The volume that holds Prometheus' storage. */
  readonly volume: string;
  readonly labels: Readonly<Record<string, string>>;
  /** OpenMetrics text, as `demoHistory` makes it. */
  readonly history: AsyncIterable<string>;
}

/**
 * Length of a block. promtool takes the longest of 2 h times a power of 3 that is no longer than this, and reads the
 * whole text once for every block: with two months, a month of history is read twice at most.
 */
export const maxBlockDuration = '1458h';

const createdSchema = z.object({ Id: z.string() });
const endedSchema = z.object({ StatusCode: z.number() });

/**
 * Runs to its end in a container of its own, which is removed afterwards in any case. The running Prometheus
 * finds the blocks within about a minute.
 *
 * @throws Error with what promtool or the engine said
 */
export async function backfill({ call, image, volume, labels, history }: BackfillOptions): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const text of history) {
    chunks.push(Buffer.from(text));
  }
  const archive = await promisify(gzip)(tarOf('history.om', Buffer.concat(chunks)), { level: 1 });
  const created = await asked(call, 'POST', '/containers/create', {
    Image: image,
    Entrypoint: ['promtool'],
    Cmd: [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      `--max-block-duration=${maxBlockDuration}`,
      '--quiet',
      '/history.om',
      '/prometheus',
    ],
    User: '65534:65534',
    Labels: labels,
    HostConfig: {
      Binds: [`${volume}:/prometheus`],
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  });
  const { Id: id } = createdSchema.parse(JSON.parse(created));
  try {
    await asked(call, 'PUT', `/containers/${id}/archive?path=/`, {
      type: 'application/gzip',
      content: archive,
    });
    await asked(call, 'POST', `/containers/${id}/start`);
    const ended = await asked(call, 'POST', `/containers/${id}/wait`);
    if (endedSchema.parse(JSON.parse(ended)).StatusCode !== 0) {
      const log = await asked(call, 'GET', `/containers/${id}/logs?stdout=true&stderr=true&tail=5`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the log comes in frames with binary heads
      throw new Error(`promtool could not write the history: ${log.replaceAll(/[\x00-\x08]/g, '').trim()}`);
    }
  } finally {
    await call('DELETE', `/containers/${id}?force=true&v=true`);
  }
}

async function asked(
  call: EngineCall,
  method: Parameters<EngineCall>[0],
  path: string,
  body?: { readonly type: string; readonly content: Buffer } | Readonly<Record<string, unknown>>,
): Promise<string> {
  const sent =
    body === undefined || isContent(body)
      ? body
      : { type: 'application/json', content: Buffer.from(JSON.stringify(body)) };
  const answer = await call(method, path, sent);
  const text = answer.body.toString('utf8');
  if (answer.status >= 400) {
    throw new Error(`the engine refused ${method} ${path} with ${answer.status}: ${text.trim()}`);
  }
  return text;
}

function isContent(body: object): body is { readonly type: string; readonly content: Buffer } {
  return 'content' in body && Buffer.isBuffer(body.content);
}

/** An archive of one file that everybody may read, in the ustar format (POSIX.1-1988). */
export function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0, 100);
  header.write(octal(0o444, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}
