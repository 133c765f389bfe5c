import { Buffer } from 'node:buffer';

/** How an endpoint wants to be called (exchange-sharing.md section 2): Bearer with its own key, Basic, or nothing. */
export type PeerAuth =
  | { readonly type: 'APIKEY'; readonly apiKey: string }
  | { readonly type: 'BASIC'; readonly username: string; readonly password: string }
  | { readonly type: 'NONE' };

/** Null, or what is wrong with connection values: some characters cannot be sent, and a user name with a colon would be read as another. */
export function checkAuth(auth: PeerAuth): string | null {
  if (auth.type === 'APIKEY' && !/^[\x21-\x7e]+$/.test(auth.apiKey)) return 'apiKey must be printable ASCII without spaces';
  if (auth.type === 'BASIC' && /[:\p{Cc}]/u.test(auth.username)) return 'username must not hold colons or control characters';
  return null;
}

/** The value of Authorization. */
export function authorizationOf(auth: PeerAuth): string | null {
  if (auth.type === 'APIKEY') return `Bearer ${auth.apiKey}`;
  if (auth.type === 'BASIC') return `Basic ${basicOf(auth.username, auth.password)}`;
  return null;
}

/**
 * A text of an endpoint as it may be kept and shown: without the credentials that it may repeat, as they are, escaped, or cut off at
 * the end; on one line, and not longer than `mostCharacters`.
 */
export function shownText(text: string, auth: PeerAuth, mostCharacters: number): string {
  const clean = secretsOf(auth)
    .reduce((rest, secret) => withoutBeginning(rest.replaceAll(secret, '***'), secret), text)
    .replaceAll(/[\p{Cc}\p{Zs}\u2028\u2029]+/gu, ' ')
    .trim();
  return clean.length > mostCharacters ? `${clean.slice(0, mostCharacters)}…` : clean;
}

function secretsOf(auth: PeerAuth): string[] {
  const bare = auth.type === 'APIKEY' ? [auth.apiKey] : auth.type === 'BASIC' ? [basicOf(auth.username, auth.password), auth.password] : [];
  const forms = bare.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())]);
  return [...new Set(forms)].filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
}

/** Without the beginning of a secret at the end of a text that was cut there. Three characters of it tell nothing. */
function withoutBeginning(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, text.length); length > 3; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length);
  }
  return text;
}

const basicOf = (username: string, password: string): string => Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
