import { expect, it } from 'vitest';
import { readPages } from './read-pages.ts';

interface Item {
  id: number;
}

/** A list that answers as the protocol does, and notes what it was asked. */
function listOf(items: Item[]): { asked: Record<string, unknown>[]; read: (query: Readonly<Record<string, unknown>>) => Promise<Item[]> } {
  const asked: Record<string, unknown>[] = [];
  return {
    asked,
    read: async (query) => {
      asked.push({ ...query });
      const { num_elements: size, start_element: start = 0, min_id: least = 0 } = query as Record<string, number>;
      return items.filter((item) => item.id >= (least ?? 0)).slice(start ?? 0, (start ?? 0) + Math.min(size ?? 100, 100));
    },
  };
}

const manyItems = (count: number): Item[] => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));

it.each([0, 1, 99, 100, 101, 250])('meets each of %i objects once', async (count) => {
  const items = manyItems(count);
  expect(await Array.fromAsync(readPages(listOf(items).read, {}))).toEqual(items);
});

it('leaves nothing out where objects are deleted while it reads', async () => {
  const items = manyItems(250);
  const seen: number[] = [];
  for await (const { id } of readPages(listOf(items).read, {})) {
    seen.push(id);
    items.splice(
      items.findIndex((item) => item.id === id),
      1,
    );
  }
  expect(seen).toHaveLength(250);
});

it('counts pages where the caller sorts, and keeps the filters', async () => {
  const { asked, read } = listOf(manyItems(150));
  expect(await Array.fromAsync(readPages(read, { sort: 'name', state: 'active' }))).toHaveLength(150);
  expect(asked).toEqual([
    { sort: 'name', state: 'active', num_elements: 100 },
    { sort: 'name', state: 'active', num_elements: 100, start_element: 100 },
  ]);
});

it('takes pages of the size that the caller asks for, and ends with none of size 0', async () => {
  const { asked, read } = listOf(manyItems(5));
  expect(await Array.fromAsync(readPages(read, { num_elements: 2 }))).toHaveLength(5);
  expect(asked).toHaveLength(3);
  expect(await Array.fromAsync(readPages(read, { num_elements: 0 }))).toEqual([]);
});
