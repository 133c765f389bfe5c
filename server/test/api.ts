/** Small calls over HTTP for tests; JSON in, JSON out. */
import { readFile } from 'node:fs/promises';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
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
  readonly body?: string;
}

export async function call(base: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token !== undefined) headers['authorization'] = options.token;
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  if (options.json !== undefined) headers['content-type'] ??= 'application/json';
  const method = options.method ?? (body === undefined ? 'GET' : 'POST');
  const response = await fetch(base + path, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
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
