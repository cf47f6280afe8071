import { chinese } from './chinese.ts';
import type { Messages } from './contract.ts';
import { english } from './english.ts';
import type { Language } from './language.ts';

/** One table: a language that lacks a message, or a message that lacks a language, does not compile. */
export const messages: Readonly<Record<Language, Messages>> = { en: english, zh: chinese };
