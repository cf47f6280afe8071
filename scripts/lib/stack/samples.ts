/** The samples of a page of metrics in Prometheus' text format. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Lines that are no samples are left out. */
export function samplesOf(page: string): readonly Sample[] {
  return page.split('\n').flatMap((line): readonly Sample[] => {
    const [, name = '', labels = '', value = ''] =
      /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? ([^ #]+)/.exec(line) ?? [];
    return name === ''
      ? []
      : [{ name, labels: labelsOf(labels), value: Number(value.replace('Inf', 'Infinity')) }];
  });
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', value = '']) => [
      key,
      value.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character)),
    ]),
  );
}
