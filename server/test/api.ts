/** Small calls over HTTP for tests; JSON in, JSON out. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly json: Json | undefined;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface CallOptions {
  readonly token?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array;
}

/** There was no answer, or not all of it: the server is gone or going. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

const agent = new Agent({ keepAlive: true });

export async function call(base: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token !== undefined) headers['authorization'] = options.token;
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  if (options.json !== undefined) headers['content-type'] ??= 'application/json';
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  const method = options.method ?? (body === undefined ? 'GET' : 'POST');
  const url = new URL(base);
  const sent = request({ agent, host: url.hostname, port: url.port, path, method, headers });
  sent.end(body);
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    return { status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) };
  } catch (error) {
    throw new NoAnswer(`${method} ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Reads a dotted path (`response.segments.0.id`). */
export function pick(value: Json | undefined, path: string): Json | undefined {
  let at: unknown = value;
  for (const key of path.split('.')) {
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at as Json | undefined;
}

/** The token of an account; throws where the login is refused. */
export async function logIn(base: string, username: string, password: string): Promise<string> {
  const answer = await call(base, '/auth', { json: { auth: { username, password } } });
  const token = pick(answer.json, 'response.token');
  if (answer.status !== 200 || typeof token !== 'string') throw new Error(`login of ${username}: ${answer.status} ${answer.text}`);
  return token;
}

/** Imports a file in the fixture's format. */
export async function importFile(base: string, operatorToken: string, file: string): Promise<void> {
  await importText(base, operatorToken, await readFile(file, 'utf8'));
}

export async function importText(base: string, operatorToken: string, body: string): Promise<void> {
  const answer = await call(base, '/import', { token: operatorToken, body, headers: { 'content-type': 'application/json' } });
  if (answer.status !== 200) throw new Error(`POST /import: ${answer.status} ${answer.text}`);
}
