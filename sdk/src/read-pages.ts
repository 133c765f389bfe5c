type PageQuery = Readonly<Record<string, unknown>>;

const pageSize = 100;

/**
 * Every object of a list. In the list's own order, which is by id, each page begins behind the last id, so that nothing is met twice
 * or left out when objects are made or deleted meanwhile. Where the caller sorts, or does not ask for ids, pages are counted.
 */
export async function* readPages<Item>(
  readPage: (query: PageQuery) => Promise<readonly Item[]>,
  query: PageQuery,
): AsyncGenerator<Item, void, undefined> {
  const size = typeof query['num_elements'] === 'number' ? query['num_elements'] : pageSize;
  const byId = query['sort'] === undefined && query['start_element'] === undefined;
  let start = typeof query['start_element'] === 'number' ? query['start_element'] : 0;
  let behind: PageQuery = {};
  for (;;) {
    const page = await readPage({ ...query, num_elements: size, ...behind });
    yield* page;
    // The server gives 100 at once and no more, so a shorter page is the last.
    if (page.length === 0 || page.length < Math.min(size, pageSize)) return;
    start += page.length;
    const last = byId ? idOf(page.at(-1)) : undefined;
    behind = last === undefined ? { start_element: start } : { min_id: last + 1 };
  }
}

function idOf(item: unknown): number | undefined {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}
