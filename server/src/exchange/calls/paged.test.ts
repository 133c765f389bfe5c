import { describe, expect, test } from 'vitest';
import { Parameters } from '../../http/parameters.ts';
import { type PageKey, pageReply, readPage } from './paged.ts';

const callOf = (query: string) => ({
  parameters: new Parameters(query),
  facts: { method: 'GET', path: '/v1/things', query, headers: {}, peerAddress: '', encrypted: false, queryToken: undefined },
});

/** Reads a list of texts to its end, page by page, as a client that follows links. */
function readAll(items: readonly string[], query: string): string[][] {
  const pages: string[][] = [];
  for (let next: string | undefined = query; next !== undefined;) {
    const call = callOf(next);
    const page = readPage(call, ['string']);
    const rows = items.filter((item) => page.after === undefined || item > String(page.after[0])).slice(0, page.limit + 1);
    const reply = pageReply(
      call,
      page,
      rows,
      (item) => [item],
      (item) => item,
    );
    if (!('status' in reply)) throw new Error('no plain reply');
    pages.push(reply.json as string[]);
    next = /^<\/v1\/things\?(.*)>; rel="next"$/.exec(reply.headers?.link ?? '')?.[1];
  }
  return pages;
}

describe('a list in pages', () => {
  test('links lead through all items, each once, and keep the filters', () => {
    const pages = readAll(['a', 'b', 'ç/ß?&', 'd', '日'].toSorted(), 'search=x%20y&limit=2');
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat().toSorted()).toEqual(['a', 'b', 'ç/ß?&', 'd', '日'].toSorted());
    const call = callOf('search=x%20y&limit=1');
    const reply = pageReply(
      call,
      { limit: 1, after: undefined },
      ['a', 'b'],
      (item) => [item],
      (item) => item,
    );
    expect(reply).toMatchObject({ headers: { link: expect.stringContaining('search=x+y&limit=1&cursor=') } });
  });

  test('the last page has no link, also where it is full', () => {
    expect(readAll(['a', 'b'], 'limit=2')).toEqual([['a', 'b']]);
    expect(readAll([], '')).toEqual([[]]);
  });

  test('100 items without a limit', () => {
    expect(readPage(callOf(''), ['number'])).toEqual({ limit: 100, after: undefined });
  });
});

describe('400', () => {
  const cursorOf = (key: PageKey | object): string => Buffer.from(JSON.stringify(key)).toString('base64url');
  test.each(['limit=0', 'limit=1001', 'limit=x', 'limit=-1'])('%s', (query) => {
    expect(() => readPage(callOf(query), ['number'])).toThrow(/limit/);
  });
  test.each(['', 'x', cursorOf({}), cursorOf([]), cursorOf(['1']), cursorOf([1, 2]), cursorOf([1.5])])('the cursor %j', (cursor) => {
    expect(() => readPage(callOf(`cursor=${cursor}`), ['number'])).toThrow('cursor must be one that a Link of this list holds');
  });
});
