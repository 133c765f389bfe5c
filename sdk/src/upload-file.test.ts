import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NoAnswerError } from './no-answer-error.ts';
import { uploadFile } from './upload-file.ts';

interface Sent {
  readonly headers: IncomingMessage['headers'];
  readonly bytes: number;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** The URL of a server that reacts so to an upload. */
async function reacting(react: (request: IncomingMessage, answer: ServerResponse) => void): Promise<string> {
  const server = createServer(react);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/segment-upload/j1/secret`;
}

/** A server that takes files. */
async function taking(): Promise<{ url: string; sent: Sent[] }> {
  const sent: Sent[] = [];
  const url = await reacting((request, answer) => {
    let bytes = 0;
    request.on('data', (piece: Buffer) => (bytes += piece.length));
    request.on('end', () => {
      sent.push({ headers: request.headers, bytes });
      answer.end('{"response":{"segment_upload":{"job_id":"j1"},"status":"OK"}}');
    });
  });
  return { url, sent };
}

const refusing = (status: number, body: string) =>
  reacting((request, answer) => {
    answer.writeHead(status, { 'content-type': 'application/json' }).end(body);
    request.resume();
  });

const file = new Blob([new Uint8Array(3_000_000)]);

describe('a file', () => {
  it('is sent with its length and type and no token, and counted on its way', async () => {
    const { url, sent } = await taking();
    const counts: number[] = [];
    expect(await uploadFile(url, file, { onSent: (bytes) => counts.push(bytes) })).toBe('j1');
    expect(sent).toMatchObject([
      { bytes: 3_000_000, headers: { 'content-type': 'application/octet-stream', 'content-length': '3000000' } },
    ]);
    expect(sent[0]?.headers.authorization).toBeUndefined();
    expect(counts.at(-1)).toBe(3_000_000);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  it.each([
    ['an empty one', new Blob([]), 0],
    ['bytes', new Uint8Array(5), 5],
    ['a stream of unknown length', new Blob(['abc']).stream(), 3],
  ])('may be %s', async (_name, sentFile, bytes) => {
    const { url, sent } = await taking();
    expect(await uploadFile(url, sentFile, { onSent: () => undefined })).toBe('j1');
    expect(sent).toMatchObject([{ bytes }]);
  });
});

describe('what goes wrong', () => {
  it('is told in the service’s words, also where the server answers before the file is read', async () => {
    const body = '{"response":{"status":"ERROR","error_code":"FILESIZE_LIMIT_EXCEEDED","errors":["too long"]}}';
    const large = new Blob(Array.from({ length: 40 }, () => new Uint8Array(1_000_000)));
    await expect(uploadFile(await refusing(413, body), large, { onSent: () => undefined })).rejects.toMatchObject({
      name: 'FoyerError',
      status: 413,
      errorCode: 'FILESIZE_LIMIT_EXCEEDED',
      message: 'too long',
    });
  });

  it.each([
    [200, '{"response":{"status":"OK"}}'],
    [200, 'hello'],
    [502, '<html>'],
  ])('is a refusal where something else answers: %i %s', async (status, body) => {
    await expect(uploadFile(await refusing(status, body), file)).rejects.toMatchObject({ name: 'FoyerError', status });
  });

  it('is no answer where the connection breaks, and the secret is not told', async () => {
    const url = await reacting((request) => request.socket.destroy());
    const error: unknown = await uploadFile(url, file, { onSent: () => undefined }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NoAnswerError);
    expect(String(error)).not.toContain('secret');
  });

  it('is what reading the file threw', async () => {
    const { url } = await taking();
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: () => {
        throw new RangeError('the disk is gone');
      },
    });
    await expect(uploadFile(url, broken)).rejects.toThrow(new RangeError('the disk is gone'));
  });

  it('is the reason of a signal, or that it took too long', async () => {
    const url = await reacting((request) => request.resume());
    const stop = new AbortController();
    const stopped = uploadFile(url, file, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 30);
    await expect(stopped).rejects.toThrow('enough');
    await expect(uploadFile(url, file, { timeoutMs: 30 })).rejects.toBeInstanceOf(NoAnswerError);
  });
});
