/**
 * Numbers within names count as numbers (`team-2` before `team-10`), letters as in English, Chinese by sound.
 * One order for both languages of the page, so that a link to a page of a table shows both the same rows.
 */
const collator = new Intl.Collator('zh', { numeric: true });

/**
 * A sorter by name that remembers the order of the names it saw last: comparing ten thousand names takes most of
 * what a page takes, and they change with the account file only.
 */
export function sorterByName(): <Row extends { readonly name: string }>(
  rows: readonly Row[],
) => readonly Row[] {
  let names: readonly string[] = [];
  let order: readonly number[] = [];
  return (rows) => {
    if (rows.length !== names.length || rows.some(({ name }, index) => name !== names[index])) {
      names = rows.map(({ name }) => name);
      order = names
        .map((name, index) => ({ name, index }))
        .sort((a, b) => collator.compare(a.name, b.name))
        .map(({ index }) => index);
    }
    return order.map((index) => rows[index]).filter((row) => row !== undefined);
  };
}
