import { Buffer } from 'node:buffer';
import type { RequestFacts } from '../http/caller.ts';
import type { BareAnswer, OpenOperation } from '../http/operation.ts';

/** A browser's call of one of the routes that go by its cookie (ingest.md sections 1.2, 1.3 and 2). */
export interface Visit {
  /** Main address of the route. */
  readonly path: string;
  /** All behind the call's first `?`, as it was sent. */
  readonly query: string;
  readonly facts: RequestFacts;
  /** It came through `/bounce`: a cookie is asked for no more. */
  readonly bounced: boolean;
}

type AnswerVisit = (visit: Visit) => BareAnswer | Promise<BareAnswer>;

/** An operation that `/bounce` can replay. */
export interface VisitOperation extends OpenOperation {
  readonly visit: AnswerVisit;
}

interface VisitSpec extends Pick<OpenOperation, 'id' | 'summary'> {
  readonly path: string;
  readonly parameters?: OpenOperation['parameters'];
  readonly method?: 'GET' | 'POST';
  readonly visit: AnswerVisit;
}

export const visitOperation = ({ id, path, summary, parameters, method = 'GET', visit }: VisitSpec): VisitOperation => ({
  id,
  method,
  paths: [path],
  summary,
  ...(parameters === undefined ? {} : { parameters }),
  access: 'anyone',
  wire: { answer: 'bare' },
  rawQuery: true,
  visit,
  handle: ({ facts }) => visit({ path, query: facts.query, facts, bounced: false }),
});

type Headers = Readonly<Record<string, string>>;

/** Of every answer to a visit: what was said to one browser is nobody else's (ingest.md section 1.2). */
export const visitHeaders: Headers = { 'cache-control': 'no-store, no-cache, private', pragma: 'no-cache' };

/** A transparent image of 1x1, 43 bytes. */
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
const gifHeaders: Headers = { 'content-type': 'image/gif', ...visitHeaders };

/** @param cookie the value of Set-Cookie, here and below */
export function gifAnswer(more: Headers = {}, cookie?: string): BareAnswer {
  const headers = Object.keys(more).length === 0 ? gifHeaders : { ...gifHeaders, ...more };
  return { status: 200, headers, cookie, body: gif };
}

export const redirectAnswer = (location: string, more: Headers = {}, cookie?: string): BareAnswer => ({
  status: 302,
  headers: { location, ...visitHeaders, ...more },
  cookie,
  body: '',
  ascii: true,
});

export const textAnswer = (status: number, contentType: string, body: string, more: Headers = {}, cookie?: string): BareAnswer => ({
  status,
  headers: { 'content-type': contentType, ...visitHeaders, ...more },
  cookie,
  body,
});
