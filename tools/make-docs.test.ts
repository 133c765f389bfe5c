import { expect, test } from 'vitest';
import { pages, readPage, readRefusalKinds } from './make-docs.ts';

test('the pages that are made from the sources say what the sources say', async () => {
  for (const [path, text] of Object.entries(await pages()))
    expect(readPage(path), `${path} is out of date: node tools/make-docs.ts`).toBe(text);
});

test('every refusal kind has a name of its own and a text that names no place twice', async () => {
  const kinds = await readRefusalKinds();
  expect(kinds.length).toBeGreaterThan(50);
  expect(new Set(kinds.map((kind) => kind.name)).size).toBe(kinds.length);
  for (const kind of kinds) {
    const places = kind.text.match(/\{\w+\}/g) ?? [];
    expect(new Set(places).size, kind.name).toBe(places.length);
  }
});
