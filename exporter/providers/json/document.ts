import * as z from 'zod';
import { parseAnswer } from '../answer.ts';
import type { HttpResponse } from '../http.ts';

/** An answer as data that expressions go through. */
export interface Document {
  readonly content: unknown;
  /** An element that stands alone looks like any other, so a list of one is no list in here. */
  readonly isXml: boolean;
}

/**
 * The answer as JSON, or as XML where it says so.
 * @throws CheckError `schema` for anything else: a page, nothing, XML that is cut off or declares a document type.
 */
export async function readDocument({ text, headers }: HttpResponse): Promise<Document> {
  const type = String(headers['content-type'] ?? '');
  const start = text.trimStart().replace(/^\uFEFF/, '');
  const isXml =
    start.startsWith('<?xml') || (start.startsWith('<') && /[/+]xml\b/i.test(type) && !/html/i.test(type));
  if (!isXml) return { content: parseAnswer(text.replace(/^\uFEFF/, ''), z.unknown()), isXml: false };
  // Few vendors answer in XML: its reader is loaded with the first such answer.
  const { readXml } = await import('./xml.ts');
  return { content: readXml(start), isXml: true };
}
