import { chinese, chineseHarmless } from './chinese.ts';
import { english, englishHarmless } from './english.ts';
import { further, unseen } from './further.ts';
import { heldOut } from './heldout.ts';
import type { CorpusMail } from './mail.ts';
import { tricks } from './tricks.ts';

export { heldOut, unseen };

/** The mails that the terms were tuned with. */
export const tuned: readonly CorpusMail[] = [
  ...english,
  ...englishHarmless,
  ...chinese,
  ...chineseHarmless,
  ...tricks,
  ...further,
];

export const corpus: readonly CorpusMail[] = [...tuned, ...heldOut, ...unseen];
