import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import { EndpointClient, type PeerData, type PeerRows } from './endpoint-client.ts';
import { PeerFault } from './peer-faults.ts';
import { PeerHttp } from './peer-http.ts';
import { type PeerServer, type Received, startPeer } from './peer-server.fixture.ts';
import { WaitLog } from './wait-log.fixture.ts';

/** What a scripted peer answers with. */
export type Answer = (response: ServerResponse, request: Received) => void;
/** A signal that nobody aborts. */
export const never = new AbortController().signal;
/** An answer in JSON; text goes out as it is. */
export const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(typeof value === 'string' ? value : JSON.stringify(value));

/** A peer that gives these answers one after the other, the last one for ever. */
export const startScript = (...answers: readonly Answer[]): Promise<PeerServer> => {
  let at = 0;
  return startPeer((request, response) => {
    answers[Math.min(at, answers.length - 1)]?.(response, request);
    at += 1;
  });
};
/** A client of a peer at `/base`, with the key `secret-key-1`. */
export const clientOf = (peer: PeerServer, wait = new WaitLog()): EndpointClient =>
  new EndpointClient(
    new PeerHttp({ allowPrivate: true }),
    { url: peer.url('/base/'), auth: { type: 'APIKEY', apiKey: 'secret-key-1' } },
    wait,
  );
/** The fault that an attempt ends with. */
export const failureOf = async (attempt: Promise<unknown>): Promise<PeerFault> => {
  const error: unknown = await attempt.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PeerFault)) throw new Error(`no fault but ${JSON.stringify(error)}`, { cause: error });
  return error;
};
/** Takes the whole of some data. */
export const textOf = async (data: PeerData): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of data.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};
/** CSV to be delivered. */
export const rows = (text: string): PeerRows => ({
  bytes: Buffer.byteLength(text),
  async *open() {
    yield Buffer.from(text);
  },
});
