export const languages = ['en', 'zh'] as const;

export type Language = (typeof languages)[number];

/** One text in every language: a missing translation does not compile. */
export type Text = Readonly<Record<Language, string>>;

/** Says a text in the language of the dashboard that is being made. */
export type Translate = (text: Text) => string;

export function translatorFor(language: Language): Translate {
  return (text) => text[language];
}
