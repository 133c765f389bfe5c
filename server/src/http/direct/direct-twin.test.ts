import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DirectFixture, startFixture } from './direct.fixture.ts';

/** The same bytes go to a server that reads connections directly and to one that leaves all of them to node:http and the framework. */
let direct: DirectFixture;
let slow: DirectFixture;
beforeAll(async () => {
  direct = await startFixture(true);
  slow = await startFixture(false);
});
afterAll(async () => {
  await direct.stop();
  await slow.stop();
});

/** Turns of the event loop in which nothing came, tried in this order: on a busy machine the kernel itself may be late. */
const quietTurns = [8, 40, 300] as const;

interface Heard {
  readonly answers: readonly object[];
  readonly closed: boolean;
}

/**
 * Sends the pieces one by one and hears what comes until it is quiet.
 * @param patient the next piece is sent when what the one before brought has come
 */
async function hear({ port }: DirectFixture, pieces: readonly string[], patient: boolean, turnsOfQuiet: number): Promise<Heard> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const chunks: Buffer[] = [];
  let closed = false;
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.on('end', () => (closed = true));
  await once(socket, 'connect');
  const heard = (): readonly object[] => answersOf(Buffer.concat(chunks).toString('latin1'));
  // Both ends live in this process: after some turns of the event loop in which nothing came, nothing will.
  const quiet = async (): Promise<void> => {
    let before = chunks.length;
    for (let turns = 0; turns < turnsOfQuiet; turns++) {
      await sleep(1);
      if (closed) return;
      if (chunks.length > before) turns = 0;
      before = chunks.length;
    }
  };
  for (const piece of pieces) {
    socket.write(Buffer.from(piece, 'latin1'));
    await (patient ? quiet() : sleep(1));
  }
  await quiet();
  socket.destroy();
  return { answers: heard(), closed };
}

/** Status, headers in order of name without the date, and body of all answers in a text. */
function answersOf(text: string): object[] {
  const answers: object[] = [];
  for (let at = 0; at < text.length;) {
    const headEnd = text.indexOf('\r\n\r\n', at);
    if (headEnd < 0) return answers;
    const [statusLine, ...lines] = text.slice(at, headEnd).split('\r\n');
    const headers = lines.map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase())).filter((line) => !line.startsWith('date:'));
    const length = Number(/content-length: (\d+)/.exec(headers.join('\n'))?.[1] ?? 0);
    // node:http refuses a request without Host in an empty chunk.
    const bodyEnd = headEnd + 4 + (headers.includes('transfer-encoding: chunked') ? '0\r\n\r\n'.length : length);
    if (bodyEnd > text.length) return answers;
    answers.push({ statusLine, headers: headers.sort(), body: text.slice(headEnd + 4, bodyEnd) });
    at = bodyEnd;
  }
  return answers;
}

/**
 * What both answer. @throws Error where they differ
 * @param cuts where the text is cut into what is sent at a time, 0 to 1
 */
async function expectAlike(requests: readonly string[], cuts: readonly number[] = []): Promise<Heard> {
  const text = requests.join('');
  const ends = [...new Set(cuts.map((cut) => Math.floor(cut * text.length)))].sort((a, b) => a - b);
  const pieces = [...ends, text.length].map((end, at) => text.slice(ends[at - 1] ?? 0, end)).filter((piece) => piece !== '');
  let told: { readonly heard: Heard; readonly twin: Heard } | undefined;
  for (const turns of quietTurns) {
    const [twin, heard] = await Promise.all([hear(slow, requests, true, turns), hear(direct, pieces, false, turns)]);
    if (isDeepStrictEqual(heard, twin) || isOvertaken(twin, heard) || isOvertaken(heard, twin)) return heard;
    told = { heard, twin };
  }
  throw new Error(`the two answer differently to ${JSON.stringify(pieces)}: ${JSON.stringify(told, null, 1)}`);
}

/**
 * node:http reads ahead: where what comes behind a call cannot be read, its 400 overtakes the answer that is under way, and that is lost. It
 * depends on how the bytes came, and what is read directly gives both, in order.
 */
function isOvertaken(by: Heard, other: Heard): boolean {
  const before = by.answers.slice(0, -1);
  const last = by.answers.at(-1) as { readonly statusLine: string } | undefined;
  if (!by.closed || !other.closed || !last || !/ (?:400|431) /.test(last.statusLine)) return false;
  return isDeepStrictEqual(other.answers.slice(0, before.length), before);
}

const host = 'Host: a\r\n';
const get = (query = '', lines = ''): string => `GET /tell${query} HTTP/1.1\r\n${host}Authorization: yes\r\n${lines}\r\n`;
const post = (body: string, lines = '', query = ''): string =>
  `POST /echo${query} HTTP/1.1\r\n${host}Authorization: yes\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`;
const smuggled = 'GET /tell?size=3 HTTP/1.1\r\nHost: b\r\nAuthorization: yes\r\n\r\n';

describe('the classics of smuggling are judged by node:http alone', () => {
  const body = (lines: string, sent: string): string => `POST /echo HTTP/1.1\r\n${host}Authorization: yes\r\n${lines}\r\n${sent}`;
  it.each([
    ['a length and chunks', body('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`)],
    ['chunks and a length', body('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${smuggled}`)],
    ['chunks', body('Transfer-Encoding: chunked\r\n', `5\r\nhello\r\n0\r\n\r\n${smuggled}`)],
    ['hidden chunks', body('Content-Length: 4\r\nTransfer-Encoding : chunked\r\n', `0\r\n\r\n${smuggled}`)],
    ['odd chunks', body('Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled}`)],
    ['two lengths', body('Content-Length: 0\r\nContent-Length: 80\r\n', smuggled)],
    ['two equal lengths', body('Content-Length: 2\r\nContent-Length: 2\r\n', `ab${smuggled}`)],
    ['a list of lengths', body('Content-Length: 2, 2\r\n', `ab${smuggled}`)],
    ['a length with a sign', body('Content-Length: +2\r\n', `ab${smuggled}`)],
    ['a negative length', body('Content-Length: -2\r\n', `ab${smuggled}`)],
    ['a length in hex', body('Content-Length: 0x2\r\n', `ab${smuggled}`)],
    ['a length with a blank in it', body('Content-Length: 2 0\r\n', `ab${smuggled}`)],
    ['a length with leading zeros', body('Content-Length: 002\r\n', `ab${smuggled}`)],
    ['a blank before the colon', body('Content-Length : 2\r\n', `ab${smuggled}`)],
    ['a folded length', body('Content-Length:\r\n 2\r\n', `ab${smuggled}`)],
    ['lines that end with LF', `POST /echo HTTP/1.1\nHost: a\nContent-Length: 2\n\nab${smuggled}`],
    ['one line that ends with LF', body('X: a\nContent-Length: 2\r\n', `ab${smuggled}`)],
    ['one line that ends with CR', body('X: a\rContent-Length: 2\r\n', `ab${smuggled}`)],
    ['NUL', body('X: a\0b\r\nContent-Length: 2\r\n', `ab${smuggled}`)],
    ['no length', body('', smuggled)],
    ['no Host', get().replace(host, '')],
    ['two Hosts', get('', host)],
    ['an absolute address', get().replace('/tell', 'http://b/tell')],
    ['HTTP/1.0', get().replace('HTTP/1.1', 'HTTP/1.0')],
    ['HTTP/1.0 that is kept', get('', 'Connection: keep-alive\r\n').replace('HTTP/1.1', 'HTTP/1.0')],
    ['a method in lower case', get().replace('GET', 'get')],
    ['another method', get().replace('GET', 'HEAD')],
    ['a body of a GET', `${get('', 'Content-Length: 5\r\n')}hello${smuggled}`],
    ['an empty line first', `\r\n${get()}`],
    ['empty lines between', `${get()}\r\n\r\n${get()}`],
    ['nothing but noise', '\x16\x03\x01\x02\0\x01\0\x01\xfc'],
    ['a large head', get('', `X: ${'a'.repeat(20_000)}\r\n`)],
    ['a large body', post('a'.repeat(2001))],
    ['a large body that is announced', body('Content-Length: 99999\r\n', '')],
  ])('%s', async (_what, text) => {
    await expectAlike([text]);
    // Behind a call that was answered directly it is the same.
    await expectAlike([get(), text]);
  });

  it('Expect: 100-continue', async () => {
    await expectAlike([post('hello', 'Expect: 100-continue\r\n')]);
    await expectAlike([post('hello'), post('again', 'Expect: 100-continue\r\n'), get()]);
  });
});

describe('plain calls are answered alike', () => {
  it.each([
    ['one', [get()]],
    ['a body', [post('{"a":1}', '', '?a=b%20c')]],
    ['an empty body', [post('')]],
    ['a body of all bytes', [post(String.fromCharCode(...Array.from({ length: 256 }, (_, at) => at)))]],
    ['an answer beyond ASCII', [get('?size=5')]],
    ['several at once', [get('?size=2'), post('abc'), get('?size=3'), post('def')]],
    ['close in the middle', [get(), post('abc', 'Connection: close\r\n'), get()]],
    ['refused ones', [get('?size=x'), get().replace('yes', 'no'), get('?a=%zz'), get('?a=1&a=2'), get()]],
    ['a refused body', [post('hello').replace('yes', 'no'), get()]],
    ['a refused body behind which the connection ends', [post('hello', 'Connection: close\r\n').replace('yes', 'no'), get()]],
    ['a token in the query', [get('?access_token=yes').replace('Authorization: yes', 'X: y')]],
    ['an unknown parameter', [post('abc', '', '?size=1&b')]],
    ['what nobody answers', [get(), `GET /nowhere HTTP/1.1\r\n${host}\r\n`, get()]],
  ])('%s', async (_what, requests) => {
    expect((await expectAlike(requests)).answers).not.toEqual([]);
    await expectAlike(requests, [0.1, 0.35, 0.6, 0.9]);
  });
});

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(get(), get('?size=2'), post('hello'), post(''), post('x'.repeat(300))) },
  fc.constantFrom(
    get('?size=40000'),
    get('', 'Connection: close\r\n'),
    post('hello', 'Connection: close\r\n').replace('yes', 'no'),
    post('hello').replace('yes', 'no'),
    get('?size=x'),
    post('hello', 'Transfer-Encoding: chunked\r\n'),
    post('hello', 'Content-Length: 5\r\n'),
    post('hello').slice(0, -3),
    get().slice(0, -2),
    `GET /other HTTP/1.1\r\n${host}\r\n`,
    '\r\n',
    '\n',
    '\0',
    'hello',
    'Host: a\r\n',
  ),
  fc.string({ unit: fc.constantFrom('G', 'P', 'T', '/', ' ', '\r', '\n', ':', '0', '\xff'), maxLength: 6 }),
);

it('whatever is sent, in whatever pieces', async () => {
  const sent = fc.tuple(
    fc.array(piece, { minLength: 1, maxLength: 5 }),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    fc.option(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('\0', ' ', '\r', '\n', ':', 'a', '5', '\xff', '')), { nil: undefined }),
  );
  await fc.assert(
    fc.asyncProperty(sent, async ([pieces, cuts, change]) => {
      const [changed, at, by] = change ?? [0, 0, undefined];
      const requests = pieces.map((text, index) =>
        by === undefined || text === '' || index !== changed % pieces.length
          ? text
          : text.slice(0, at % text.length) + by + text.slice((at % text.length) + 1),
      );
      await expectAlike(requests, cuts);
    }),
    { numRuns: Number(process.env['FOYER_TEST_OPERATIONS'] ?? 0) / 100 || 40 },
  );
}, 600_000);
