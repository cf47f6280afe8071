export const languages = ['en', 'zh'] as const;

export type Language = (typeof languages)[number];

/** One text in every language: a missing translation does not compile. */
export type Text = Readonly<Record<Language, string>>;

/** Says a text in the language of the dashboard that is being made. */
export type Say = (text: Text) => string;

export function sayIn(language: Language): Say {
  return (text) => text[language];
}
