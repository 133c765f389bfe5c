import type { AccessRule, Admission, Admit, Caller, RequestFacts } from '../http/caller.ts';
import { asMemberId } from '../kit/ids.ts';
import { refusal } from '../kit/refusal.ts';
import { accessErrors } from './access-errors.ts';
import type { AccessSnapshot } from './account.ts';
import type { MinuteThrottle } from './minute-throttle.ts';
import type { ProxyView } from './proxy-view.ts';
import type { SessionRegistry } from './session-registry.ts';

export const sessionCookie = 'IBAPI_SESSID';

export interface AdmissionOptions {
  /** The snapshot in force; asked once a call. */
  readonly snapshot: () => AccessSnapshot;
  readonly sessions: SessionRegistry;
  readonly throttle: MinuteThrottle;
  readonly proxy: ProxyView;
}

const noHeaders: Readonly<Record<string, string>> = {};

/**
 * Who is calling, and may they (platform.md section 2)? The token stands bare in Authorization, or in the cookie, or on ingest's
 * routes in the query; the header decides, then the query, then the cookie.
 */
export function createAdmission(options: AdmissionOptions): Admit {
  const { sessions, throttle, proxy } = options;
  return (facts, rule): Admission => {
    const found = tokenOf(facts, rule);
    if (!found) throw refusal(accessErrors.noToken);
    const session = sessions.find(found.token);
    if (!session) throw refusal(accessErrors.unknownToken);
    const snapshot = options.snapshot();
    if (session === 'operator') return { caller: operatorOf(snapshot), headers: noHeaders };
    const account = snapshot.accountRights(session.accountId);
    if (!account) throw refusal(accessErrors.unknownToken);
    if (!account.active) throw refusal(accessErrors.disabled);
    if (found.by === 'cookie' && isWrite(facts.method) && cameFromElsewhere(facts, proxy)) throw refusal(accessErrors.fromElsewhere);
    const headers = rule.throttled ? throttle.take(account, isWrite(facts.method) ? 'write' : 'read') : noHeaders;
    if (rule.writes && account.readOnly) throw refusal(accessErrors.viewer, {}, { headers });
    if (rule.adminOnly && account.role !== 'admin') throw refusal(accessErrors.adminOnly, {}, { headers });
    return { caller: { accountId: account.id, username: account.username, memberId: account.memberId, role: account.role }, headers };
  };
}

/** Spares tokens that stand bare, as most do, the look for the word. */
const beginsLikeBearer = (header: string): boolean => (header.charCodeAt(0) | 0x20) === 0x62;

const operatorOf = (snapshot: AccessSnapshot): Caller => ({
  accountId: null,
  username: null,
  memberId: snapshot.platformMember() ?? asMemberId(0),
  role: 'admin',
});

const isWrite = (method: string): boolean => method !== 'GET' && method !== 'HEAD';

interface FoundToken {
  readonly token: string;
  readonly by: 'header' | 'query' | 'cookie';
}

function tokenOf(facts: RequestFacts, rule: AccessRule): FoundToken | undefined {
  const header = facts.headers.authorization;
  if (typeof header === 'string' && header !== '')
    return { token: beginsLikeBearer(header) ? header.replace(/^Bearer +/i, '') : header, by: 'header' };
  if (rule.tokenInQuery && facts.queryToken !== undefined && facts.queryToken !== '') return { token: facts.queryToken, by: 'query' };
  const cookie = cookieOf(facts, sessionCookie);
  return cookie === undefined ? undefined : { token: cookie, by: 'cookie' };
}

/** The token that authenticates a request, for keeping that session when others end. */
export const sessionTokenOf = (facts: RequestFacts): string | undefined =>
  tokenOf(facts, { writes: false, tokenInQuery: false, throttled: false })?.token;

function cookieOf(facts: RequestFacts, name: string): string | undefined {
  const header = facts.headers.cookie;
  if (typeof header !== 'string') return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** Did a browser send it from a page of another origin? Without either header it was no browser. */
function cameFromElsewhere(facts: RequestFacts, proxy: ProxyView): boolean {
  const site = facts.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = facts.headers;
  if (origin === undefined) return false;
  const originHost = typeof origin === 'string' && URL.canParse(origin) ? new URL(origin).host : undefined;
  const ownHost = URL.canParse(`http://${proxy.host(facts)}`) ? new URL(`http://${proxy.host(facts)}`).host : undefined;
  return originHost === undefined || ownHost === undefined || withoutDefaultPort(originHost) !== withoutDefaultPort(ownHost);
}

/** The scheme does not count, so both schemes' own ports are the same as none. */
const withoutDefaultPort = (host: string): string => host.replace(/:(?:80|443)$/, '');
