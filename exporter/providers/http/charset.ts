/**
 * The text of a body in the charset that it says it has: by `Content-Type`, by its byte order mark, or by the declaration
 * of an XML document; UTF-8 where it says nothing, or names a charset that nobody knows.
 */
export async function decodeText(body: Buffer, contentType: string | undefined): Promise<string> {
  const charset = (charsetOf(body, contentType) ?? 'utf-8').toLowerCase();
  if (/^(utf-?8|us-ascii|ascii)$/.test(charset)) return withoutMark(body.toString('utf8'));
  // Its tables are large, and hardly any vendor needs them.
  const { default: iconv } = await import('iconv-lite');
  return withoutMark(iconv.encodingExists(charset) ? iconv.decode(body, charset) : body.toString('utf8'));
}

function charsetOf(body: Buffer, contentType: string | undefined): string | undefined {
  if (body.length >= 2) {
    const mark = body.readUInt16BE(0);
    if (mark === 0xfffe) return 'utf-16le';
    if (mark === 0xfeff) return 'utf-16be';
    if (body.length >= 3 && body.readUIntBE(0, 3) === 0xefbbbf) return 'utf-8';
  }
  const named = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  if (named !== undefined) return named;
  const start = body.subarray(0, 200).toString('latin1');
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1];
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
