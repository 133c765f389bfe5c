import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../kit/refusal.ts';
import { uploadedBody } from './uploaded-body.ts';

const csv = 'email\nana@example.com\n';

/** A request's body, in pieces of so many bytes. */
function body(text: string, type: string, pieceBytes = 7): Readable {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) =>
    bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes),
  );
  return Object.assign(Readable.from(pieces, { objectMode: false }), { rawHeaders: ['Content-Type', type] });
}

async function read(text: string, type: string, headers: Readonly<Record<string, string>> = {}, pieceBytes = 7): Promise<string> {
  const uploaded = uploadedBody(body(text, type, pieceBytes), headers);
  const pieces: Uint8Array[] = [];
  for await (const piece of uploaded.csv) pieces.push(piece);
  uploaded.checkDigest();
  return Buffer.concat(pieces).toString();
}

const nameOf = (error: unknown) => refusalOf(error)?.kind.name;
const form = (data: string) => `--b\r\nContent-Disposition: form-data; name="data"; filename="x"\r\n\r\n${data}\r\n--b--\r\n`;
const digestOf = (text: string) => createHash('sha256').update(text).digest('base64');

describe('uploadedBody', () => {
  it.each(['text/csv', 'TEXT/CSV; charset=UTF-8', 'text/csv;charset="utf-8"', 'text/csv; header=present', 'text/csv; charset=us-ascii'])(
    'takes %s as it is',
    async (type) => {
      expect(await read(csv, type)).toBe(csv);
    },
  );

  it('takes the part data of a form, wherever its bytes are cut', async () => {
    const data = `${csv}--b is no boundary\r\n-\n`;
    for (const pieceBytes of [1, 2, 3, 50, 10_000])
      expect(await read(form(data), 'multipart/form-data; boundary=b', {}, pieceBytes)).toBe(data);
  });

  it('says whether it is packed', () => {
    const packed = (encoding: string) => uploadedBody(body(csv, 'text/csv'), { 'content-encoding': encoding }).gzipped;
    expect(['gzip', 'X-GZIP', ' identity '].map(packed)).toEqual([true, true, false]);
  });

  it.each([
    ['', {}],
    ['application/json', {}],
    ['text/csvx', {}],
    ['multipart/form-data', {}],
    ['text/csv; charset=utf-16', {}],
    ['text/csv', { 'content-encoding': 'deflate' }],
    ['multipart/form-data; boundary=b', { 'content-encoding': 'gzip' }],
  ])('refuses the type %j with %j', (type, headers) => {
    let name: unknown;
    try {
      uploadedBody(body(csv, type), headers);
    } catch (error) {
      name = nameOf(error);
    }
    expect(name).toBe('exchange.unsupportedMedia');
  });

  it('holds the whole body, as it was sent, to its digest', async () => {
    const right = `sha-512=:AAAA:, sha-256=:${digestOf(csv)}:`;
    expect(await read(csv, 'text/csv', { 'content-digest': right })).toBe(csv);
    const whole = { 'content-digest': `sha-256=:${digestOf(form(csv))}:` };
    expect(await read(form(csv), 'multipart/form-data; boundary=b', whole)).toBe(csv);
    await expect(read(csv, 'text/csv', whole).catch(nameOf)).resolves.toBe('exchange.invalid');
  });

  it.each(['sha-256=', 'sha-256=:AAAA:', `sha-512=:AAAA:, sha-256=${'A'.repeat(43)}=`])(
    'refuses a digest that is none: %s',
    async (digest) => {
      await expect(read(csv, 'text/csv', { 'content-digest': digest }).catch(nameOf)).resolves.toBe('exchange.invalid');
    },
  );

  it('passes over digests of other kinds', async () => {
    expect(await read(csv, 'text/csv', { 'content-digest': 'sha-512=:AAAA:' })).toBe(csv);
  });

  it('ends where its sender is gone', async () => {
    for (const [text, type] of [
      [csv, 'text/csv'],
      [form(csv).slice(0, -12), 'multipart/form-data; boundary=b'],
    ] as const) {
      const left = (async function* () {
        yield Buffer.from(text);
        throw new Error('gone');
      })();
      const stream = Object.assign(Readable.from(left, { objectMode: false }), { rawHeaders: ['Content-Type', type] });
      const reading = (async () => {
        for await (const piece of uploadedBody(stream, {}).csv) expect(piece.length).toBeGreaterThan(0);
      })();
      await expect(reading).rejects.toThrow('gone');
    }
  });
});
