import type { BrotliOptions, ZlibOptions, ZstdOptions } from 'node:zlib';
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { codeOf } from '../../errors.ts';

export type Unpacked =
  | { readonly ok: true; readonly body: Buffer }
  /** What is wrong with the answer, in words that go on after "the response". */
  | { readonly ok: false; readonly fault: string };

/** Servers compress an answer at most twice; each further layer could hold another bomb. */
const mostLayers = 3;

/** A frame may ask for a window of up to 128 MiB; RFC 8878 (3.1.1.1.2) recommends to accept up to 8 MiB. */
const zstdWindow = { [constants.ZSTD_d_windowLogMax]: 23 };

type Limits = ZlibOptions & BrotliOptions & ZstdOptions;

const unpackers: Readonly<Record<string, (body: Buffer, limits: Limits) => Buffer>> = {
  identity: (body) => body,
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: (body, limits) => (hasZlibHeader(body) ? inflateSync : inflateRawSync)(body, limits),
  br: brotliDecompressSync,
  zstd: (body, limits) => zstdDecompressSync(body, { ...limits, params: zstdWindow }),
};

/**
 * Takes the packing off that `Content-Encoding` names, whatever was asked for. An answer that is packed and does not say
 * so is known by its first bytes: no text begins with them.
 * @param limit most bytes; more are given up while they are unpacked, so that a bomb takes no more memory than this
 */
export function unpack(body: Buffer, contentEncoding: string | undefined, limit: number): Unpacked {
  const named = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '');
  const codings = named.length > 0 ? named : sniffed(body);
  if (codings.length > mostLayers) return { ok: false, fault: `is compressed ${codings.length} times` };
  let unpacked = body;
  // They stand in the order in which they were put on (RFC 9110, 8.4).
  for (const coding of codings.toReversed()) {
    const unpacker = Object.hasOwn(unpackers, coding) ? unpackers[coding] : undefined;
    if (unpacker === undefined) return { ok: false, fault: `has an unknown content encoding (${coding})` };
    try {
      // Nothing in it: some servers name a coding for an empty body.
      if (unpacked.length > 0) unpacked = unpacker(unpacked, { maxOutputLength: limit });
    } catch (error) {
      return codeOf(error) === 'ERR_BUFFER_TOO_LARGE'
        ? { ok: false, fault: `decompresses to more than ${limit} bytes` }
        : { ok: false, fault: `cannot be decompressed as ${coding} (${codeOf(error) ?? 'unknown'})` };
    }
  }
  return { ok: true, body: unpacked };
}

function sniffed(body: Buffer): readonly string[] {
  if (body.length >= 3 && body.readUIntBE(0, 3) === 0x1f8b08) return ['gzip'];
  if (body.length >= 4 && body.readUInt32LE(0) === 0xfd2fb528) return ['zstd'];
  return [];
}

/** `deflate` means zlib's format; some servers send the bare stream (RFC 9110, 8.4.1.2). */
function hasZlibHeader(body: Buffer): boolean {
  if (body.length < 2) return false;
  const header = body.readUInt16BE(0);
  return ((header >> 8) & 0x0f) === 8 && header % 31 === 0;
}
