import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import { CheckError } from '../../readings/check-error.ts';
import { parseAnswer } from '../answer.ts';
import type { HttpResponse } from '../http.ts';

/** An answer as data that expressions go through. */
export interface Document {
  readonly content: unknown;
  /** An element that stands alone looks like any other, so a list of one is no list in here. */
  readonly isXml: boolean;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  // Attributes and elements by their names alone; text beside attributes is `"#text"`.
  attributeNamePrefix: '',
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Figures stay text, and are read as any other: `007`, `1e5` and `0x10` are not for a parser to decide.
  parseTagValue: false,
  parseAttributeValue: false,
});

/**
 * The answer as JSON, or as XML where it says so.
 * @throws CheckError `schema` for anything else: a page, nothing, XML that is cut off or declares a document type.
 */
export function readDocument({ text, headers }: HttpResponse): Document {
  const type = String(headers['content-type'] ?? '');
  const start = text.trimStart().replace(/^\uFEFF/, '');
  const isXml =
    start.startsWith('<?xml') || (start.startsWith('<') && /[/+]xml\b/i.test(type) && !/html/i.test(type));
  if (!isXml) return { content: parseAnswer(text.replace(/^\uFEFF/, ''), z.unknown()), isXml: false };
  return { content: readXml(start), isXml: true };
}

function readXml(text: string): unknown {
  // A document type is for entities, and those only serve to make a small answer large.
  if (/<!DOCTYPE/i.test(text)) throw new CheckError('schema', 'expected XML without a document type');
  let content: unknown;
  try {
    if (XMLValidator.validate(text) !== true) throw new CheckError('schema', 'expected whole XML');
    content = parser.parse(text);
  } catch (error) {
    if (error instanceof CheckError) throw error;
    throw new CheckError('schema', 'expected XML that can be read', { cause: error });
  }
  if (typeof content === 'object' && content !== null && 'html' in content) {
    throw new CheckError('schema', 'expected JSON or XML, got a page');
  }
  return content;
}
