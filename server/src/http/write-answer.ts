import type { ServerResponse } from 'node:http';
import { LentBody } from './answer-bytes.ts';
import { bodyBytesOf, type HotSent } from './hot-calls.ts';

/** Writes an answer whole to node:http's response. @throws Error where a header cannot be written; nothing was sent then */
export function writeAnswer(response: ServerResponse, sent: HotSent): void {
  const { status, headers, cookie, body } = sent;
  // Names and values in one list: node:http takes it as it is.
  const list: string[] = [];
  for (const [name, value] of Object.entries(headers)) list.push(name, value);
  if (cookie !== undefined) list.push('set-cookie', cookie);
  list.push('content-length', String(bodyBytesOf(sent)));
  response.writeHead(status, list);
  response.end(body instanceof LentBody ? body.copied() : body);
}

export function splitUrl(url: string): { path: string; query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}
