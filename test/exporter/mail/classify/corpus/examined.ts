import { createClassifier } from '../../../../../exporter/mail/classify/classifier.ts';
import { textOf } from '../../../../../exporter/mail/imap/bodies.ts';
import { parseHeaders } from '../../../../../exporter/mail/imap/mime.ts';
import type { CorpusMail } from './mail.ts';
import { mimeOf } from './mime.ts';

const classifier = createClassifier({ extend: {}, replace: {} });

/** The topic that a mail is found to have: the whole way of its bytes but for the server. */
export function examined(mail: CorpusMail): CorpusMail['expected'] {
  const bytes = mimeOf(mail, 'mail');
  const end = bytes.indexOf('\r\n\r\n') + 4;
  const { subject } = parseHeaders(bytes.subarray(0, end));
  if (!classifier.isOpen(subject)) return 'none';
  const part = {
    part: '1',
    kind: mail.html === undefined ? 'plain' : 'html',
    encoding: mail.encoding ?? 'base64',
    charset: mail.charset ?? 'utf-8',
    flowed: false,
    deleteSpace: false,
    longest: 1 << 20,
  } as const;
  const text = textOf([part], new Map([['1', bytes.subarray(end)]]));
  return classifier.judge({ subject, text })?.topic ?? 'none';
}
