import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { CheckError } from '../../readings/check-error.ts';

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

/** @throws CheckError `schema` where it is cut off, declares a document type, or is a page */
export function readXml(text: string): unknown {
  // A document type is for entities, and those only serve to make a small answer large.
  if (/<!DOCTYPE/i.test(text)) throw new CheckError('schema', 'expected XML without a document type');
  let content: unknown;
  try {
    if (XMLValidator.validate(text) !== true) throw new CheckError('schema', 'expected complete XML');
    content = parser.parse(text);
  } catch (error) {
    if (error instanceof CheckError) throw error;
    throw new CheckError('schema', 'expected well-formed XML', { cause: error });
  }
  if (typeof content === 'object' && content !== null && 'html' in content) {
    throw new CheckError('schema', 'expected JSON or XML, got an HTML page');
  }
  return content;
}
