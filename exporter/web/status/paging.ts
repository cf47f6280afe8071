/** One page of a long list; `number` and `count` are from 1, and `from` and `to` the places of its first and last item. */
export interface Paged<Item> {
  readonly items: readonly Item[];
  readonly number: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly total: number;
}

/** Cuts a list; a page past the end is the last one. */
export function paged<Item>(items: readonly Item[], number: number, size: number): Paged<Item> {
  const count = Math.max(1, Math.ceil(items.length / size));
  const page = Math.min(number, count);
  const start = (page - 1) * size;
  const shown = items.slice(start, start + size);
  return {
    items: shown,
    number: page,
    count,
    from: shown.length === 0 ? 0 : start + 1,
    to: start + shown.length,
    total: items.length,
  };
}

/** The pages that a row of links names: the first, the last, and those around the present one; undefined is a gap. */
export function pageLinks(number: number, count: number): readonly (number | undefined)[] {
  const wanted = [1, number - 2, number - 1, number, number + 1, number + 2, count]
    .filter((page) => page >= 1 && page <= count)
    .sort((a, b) => a - b);
  const links: (number | undefined)[] = [];
  let before = 0;
  for (const page of new Set(wanted)) {
    if (page - before === 2) links.push(page - 1);
    else if (page - before > 2) links.push(undefined);
    links.push(page);
    before = page;
  }
  return links;
}
