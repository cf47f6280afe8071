export const languages = ['en', 'zh'] as const;

export type Language = (typeof languages)[number];

/** BCP 47 tag for the `lang` attribute, so that browsers pick the right fonts and voices. */
export const languageTags: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

/** What each language calls itself, for the switch. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

export function isLanguage(value: unknown): value is Language {
  return languages.some((language) => language === value);
}

/** All languages, the wanted one first: the order in which they are offered to a browser that accepts any. */
export function languagesFrom(first: Language): Language[] {
  return [first, ...languages.filter((language) => language !== first)];
}
