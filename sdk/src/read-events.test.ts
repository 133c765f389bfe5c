import { expect, it } from 'vitest';
import { readEvents } from './read-events.ts';

const text =
  'event: job\ndata: {"a":"é"}\n\n: still there\n\ndata:one\r\ndata: two\r\n\r\nevent: job\n\nid: 5\nretry: 9\ndata\n\nevent: cut\ndata: off\n';
const told = [
  { name: 'job', data: '{"a":"é"}' },
  { name: 'message', data: 'one\ntwo' },
  { name: 'message', data: '' },
];

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

it.each([1, 2, 3, 7, 1000])('events are the same in pieces of %i bytes', async (length) => {
  expect(await Array.fromAsync(readEvents(inPieces(new TextEncoder().encode(text), length)))).toEqual(told);
});
