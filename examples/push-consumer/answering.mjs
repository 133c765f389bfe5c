import { createHash, timingSafeEqual } from 'node:crypto';

/** A refusal as the protocol has it (exchange.md section 2.1). */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

export const notFound = (what) => new Refusal(404, 'NOT_FOUND', `There is no ${what}`);

/** Digests are of equal length whatever was sent, so the comparison tells nothing by its time. */
const digest = (text) => createHash('sha256').update(text).digest();

export function checkKey(request, key) {
  if (timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${key}`))) return;
  throw new Refusal(401, 'AUTH_INVALID', 'Unknown key');
}

export function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** What went wrong, for the sender: our own faults stand in the log alone. */
export function sendRefusal(response, error) {
  if (error instanceof Refusal) return sendJson(response, error.status, { code: error.code, message: error.message });
  console.error(error);
  return sendJson(response, 500, { code: 'INTERNAL', message: 'Failed; the log of this endpoint has more' });
}

export function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'INVALID_REQUEST', 'The body is not JSON');
  }
}
