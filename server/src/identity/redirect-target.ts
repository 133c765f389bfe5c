import { visibleAscii } from './percent-text.ts';
import type { RedirectHosts } from './redirect-hosts.ts';

/** Longest target that is followed: browsers and proxies take no longer header lines. */
const mostTargetCharacters = 32_768;

/**
 * Where a call may send the browser on (ingest.md section 1.2): an absolute http or https URL without user info and control characters,
 * whose host is allowed. Answers it as a header can hold it, or undefined. To be asked of the URL as it will be sent, with the
 * user's id in it: an id that is put behind a bare host would be part of the name.
 */
export function redirectTarget(text: string, hosts: Pick<RedirectHosts, 'allows'>): string | undefined {
  if (text.length > mostTargetCharacters || !/^https?:\/\//i.test(text) || /\p{Cc}/u.test(text) || !URL.canParse(text)) return undefined;
  const { username, password, hostname } = new URL(text);
  // An empty user name ("https://@host/") leaves no trace in the parsed URL.
  const authority = /^[^/?#]*/.exec(text.slice(text.indexOf('//') + 2))?.[0] ?? '';
  // A backslash ends the host for browsers and none of it for others.
  if (username !== '' || password !== '' || /[@\\]/.test(authority) || !hosts.allows(hostname)) return undefined;
  return visibleAscii(text);
}
