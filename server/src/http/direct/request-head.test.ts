import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitUrl } from '../write-answer.ts';
import { bodyLimit, createParts } from './direct.fixture.ts';
import { HeadReader } from './request-head.ts';

const { operations } = createParts();
const read = (text: string) => new HeadReader(operations, bodyLimit).read(Buffer.from(text, 'latin1'), 0);
const post = (lines: string, target = '/echo'): string => `POST ${target} HTTP/1.1\r\n${lines}\r\n`;

interface SeenByNode {
  readonly url: string;
  readonly method: string | undefined;
  readonly headers: object;
  readonly keepAlive: boolean;
}

/** What node:http makes of the bytes: the first request on a connection, or undefined where it answers none. */
async function readByNode(text: string): Promise<SeenByNode | undefined> {
  const server = createServer();
  const [near, far] = duplexPair();
  return new Promise((resolve) => {
    server.on('request', (request, response) => {
      const { method, url = '', headers } = request;
      resolve({ method, url, headers: { ...headers }, keepAlive: response.shouldKeepAlive });
      near.destroy();
    });
    server.on('clientError', () => resolve(undefined));
    server.on('checkContinue', () => resolve(undefined));
    server.emit('connection', near);
    far.write(Buffer.from(text, 'latin1'));
    // A parser that waits for more has answered too.
    setTimeout(resolve, 5, undefined);
  });
}

describe('the heads of usual clients are read directly', () => {
  it.each([
    ['curl', 'Host: 127.0.0.1:8080\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nAuthorization: foyer-abc\r\nContent-Length: 12\r\n'],
    [
      'Python requests',
      'Host: a.example\r\nUser-Agent: python-requests/2.32\r\nAccept-Encoding: gzip, deflate, br\r\nAccept: */*\r\nConnection: keep-alive\r\nContent-Length: 12\r\nContent-Type: application/json\r\n',
    ],
    [
      'undici',
      'host: a\r\nconnection: keep-alive\r\ncontent-type: text/plain;charset=UTF-8\r\naccept: */*\r\naccept-language: *\r\nsec-fetch-mode: cors\r\nuser-agent: node\r\ncontent-length: 12\r\n',
    ],
    [
      'Java',
      'Content-Length: 12\r\nHost: localhost:8080\r\nUser-Agent: Java-http-client/21.0.1\r\nAuthorization: Bearer foyer-abc\r\nX-Empty:\r\n',
    ],
  ])('%s', (_client, lines) => {
    const head = read(post(lines, '/echo?a=%20b&access_token=x'));
    expect(head).toMatchObject({ path: '/echo', query: 'a=%20b&access_token=x', fields: { contentLength: 12, close: false } });
  });

  it('in as many pieces as they come', () => {
    const head = post('Host: a\r\nContent-Length: 5\r\n', '/echo?a=1');
    for (let length = 0; length < head.length; length++) expect(read(head.slice(0, length)), head.slice(0, length)).toBe('incomplete');
    expect(read(`${head}12345`)).toMatchObject({ end: head.length });
  });
});

describe('what anybody could read in another way is left to node:http', () => {
  const foreign: readonly (readonly [string, string])[] = [
    ['a length and Transfer-Encoding', post('Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n')],
    ['Transfer-Encoding alone', post('Host: a\r\nTransfer-Encoding: chunked\r\n')],
    ['two lengths', post('Host: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n')],
    ['two equal lengths', post('Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n')],
    ['a list of lengths', post('Host: a\r\nContent-Length: 5, 5\r\n')],
    ['a length with a sign', post('Host: a\r\nContent-Length: +5\r\n')],
    ['a negative length', post('Host: a\r\nContent-Length: -5\r\n')],
    ['a length in hex', post('Host: a\r\nContent-Length: 0x5\r\n')],
    ['a length with a blank in it', post('Host: a\r\nContent-Length: 1 2\r\n')],
    ['a length with leading zeros', post('Host: a\r\nContent-Length: 005\r\n')],
    ['an empty length', post('Host: a\r\nContent-Length:\r\n')],
    ['a length of many digits', post('Host: a\r\nContent-Length: 18446744073709551621\r\n')],
    ['a length over the limit', post(`Host: a\r\nContent-Length: ${bodyLimit + 1}\r\n`)],
    ['no length', post('Host: a\r\n')],
    ['a body of a GET', 'GET /tell HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n'],
    ['lines that end with LF', 'GET /tell HTTP/1.1\nHost: a\n\r\n\r\n'],
    ['one line that ends with LF', post('Host: a\nX: b\r\nContent-Length: 5\r\n')],
    ['one line that ends with CR', post('Host: a\rX: b\r\nContent-Length: 5\r\n')],
    ['NUL in a value', post('Host: a\0\r\nContent-Length: 5\r\n')],
    ['NUL in a name', post('Ho\0st: a\r\nContent-Length: 5\r\n')],
    ['a folded line', post('Host: a\r\n b\r\nContent-Length: 5\r\n')],
    ['a line that is folded by a tab', post('Host: a\r\n\tb\r\nContent-Length: 5\r\n')],
    ['a blank before the colon', post('Host: a\r\nContent-Length : 5\r\n')],
    ['a line without colon', post('Host: a\r\nNonsense\r\nContent-Length: 5\r\n')],
    ['a name that is empty', post('Host: a\r\n: b\r\nContent-Length: 5\r\n')],
    ['no Host', post('Content-Length: 5\r\n')],
    ['two Hosts', post('Host: a\r\nHost: b\r\nContent-Length: 5\r\n')],
    ['a header twice', post('Host: a\r\nCookie: a=1\r\nCookie: b=2\r\nContent-Length: 5\r\n')],
    ['bytes beyond ASCII', post('Host: a\r\nX: \xe9\r\nContent-Length: 5\r\n')],
    ['a tab in a value', post('Host: a\r\nX: a\tb\r\nContent-Length: 5\r\n')],
    ['Expect', post('Host: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n')],
    ['Upgrade', post('Host: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 5\r\n')],
    ['other connections', post('Host: a\r\nConnection: close, te\r\nContent-Length: 5\r\n')],
    ['HTTP/1.0', 'GET /tell HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method in lower case', 'get /tell HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another method', 'HEAD /tell HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an absolute address', 'GET http://a/tell HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['two blanks', 'GET  /tell HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a blank in the query', 'GET /tell?a=1 &b=2 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a fragment', 'GET /tell?a=1#b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['bytes beyond ASCII in the query', 'GET /tell?a=\xe9 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a longer path', 'GET /tells HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an empty line first', '\r\nGET /tell HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['many headers', post(`Host: a\r\n${Array.from({ length: 70 }, (_, i) => `X-${i}: a\r\n`).join('')}Content-Length: 5\r\n`)],
    ['long headers', post(`Host: a\r\nX: ${'a'.repeat(8200)}\r\nContent-Length: 5\r\n`)],
    ['a head without end', post(`Host: a\r\nX: ${'a'.repeat(8200)}`).slice(0, -2)],
  ];
  it.each(foreign)('%s', (_what, text) => expect(read(text)).toBe('foreign'));
});

/** What plain heads are made of, each at most once, in any order. */
const plainLines = fc.shuffledSubarray(
  ['Content-Length: 5', 'connection: CLOSE', 'Authorization: yes', 'X-Empty:', 'X:  a b  ', 'Keep-Alive: 300'],
  {
    minLength: 1,
  },
);
const oddLine = fc.oneof(
  fc.constantFrom(
    'Transfer-Encoding: chunked',
    'Content-Length: 05',
    'Content-Length:5 ',
    'content-length: 7',
    'Content-Length : 5',
    'Connection: Keep-Alive, x',
    'Expect: 100-continue',
    'Host:',
    ' folded',
    'X-Empty:',
    'X:  a b  ',
    'Cookie: a=1',
    'constructor: a',
    'Keep-Alive: 300',
  ),
  fc.string({ unit: fc.constantFrom('a', 'B', ':', ' ', '\t', '-', '_', '\0', '\r', '\n', '\x7f', '\xff', '"', ';', '0'), maxLength: 8 }),
);
const requestLine = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('POST /echo HTTP/1.1', 'GET /tell HTTP/1.1', 'GET /tell?a=b&c=%20 HTTP/1.1', 'POST /echo? HTTP/1.1'),
  },
  fc
    .string({ unit: fc.constantFrom('a', '?', '&', '=', '%', '#', '[', '|', '"', '\\', '\xe9', "'", '{', '^', '~'), maxLength: 5 })
    .map((query) => `GET /tell?${query} HTTP/1.1`),
  fc.constantFrom('GET /tell HTTP/1.0', 'get /tell HTTP/1.1', 'GET /tell  HTTP/1.1', 'GET /tell HTTP/1.1 ', 'POST /echo HTTP/01.1'),
);
const ending = fc.oneof({ weight: 8, arbitrary: fc.constant('\r\n') }, fc.constantFrom('\n', '\r', '\r\r\n', ''));

const lines = fc.tuple(plainLines, fc.array(oddLine, { maxLength: 1 }), fc.nat({ max: 6 }), ending).map(([plain, odd, at, end]) => {
  const all = ['Host: a', ...plain];
  all.splice(at, 0, ...odd);
  return all.map((text, index) => [text, index === at ? end : '\r\n']);
});

it('what is read directly, node:http reads the same way', async () => {
  let accepted = 0;
  const heads = fc.tuple(requestLine, lines);
  await fc.assert(
    fc.asyncProperty(heads, async ([first, lines]) => {
      const text = `${first}\r\n${lines.map((parts) => parts.join('')).join('')}\r\n`;
      const head = read(`${text}12345`);
      if (typeof head === 'string') return;
      accepted += 1;
      const { operation, path, query, fields, end } = head;
      const { url, ...seen } = (await readByNode(`${text}12345`)) ?? { url: 'no request' };
      expect(splitUrl(url)).toEqual({ path, query });
      expect(seen).toEqual({ method: operation.method, headers: { ...fields.headers }, keepAlive: !fields.close });
      expect(end).toBe(text.indexOf('\r\n\r\n') + 4);
    }),
    { numRuns: 4000 },
  );
  expect(accepted).toBeGreaterThan(100);
});
