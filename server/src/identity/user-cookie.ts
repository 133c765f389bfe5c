import { asUserId, type UserId } from '../kit/ids.ts';
import { resolveUserId } from './resolve-user.ts';

/** What the cookie `uuid2` says. `none` also stands for a value that is none (ingest.md section 1.2). */
export type CookieUser = 'none' | 'opted-out' | UserId;

const named = /(?:^|;)\s*uuid2=([^;]*)/;
const optedOutValue = '-1';
const visitDays = 90;
const optOutDays = 3650;

/** @param header the request's `Cookie`; the first `uuid2` counts */
export function readUserCookie(header: string | string[] | undefined): CookieUser {
  if (header === undefined) return 'none';
  const value = named.exec(Array.isArray(header) ? header.join(';') : header)?.[1]?.trim();
  if (value === undefined) return 'none';
  if (value === optedOutValue) return 'opted-out';
  const resolved = resolveUserId(value);
  return typeof resolved === 'string' || resolved.kind !== 'user' ? 'none' : asUserId(resolved.id);
}

export interface CookieSettings {
  readonly secure: boolean;
  /** `FOYER_COOKIE_PARTITIONED`: an id for each site that embeds us, which ends user sync. */
  readonly partitioned: boolean;
}

function cookie(value: string, maxAgeS: number, { secure, partitioned }: CookieSettings): string {
  const crossSite = secure ? `; SameSite=None; Secure${partitioned ? '; Partitioned' : ''}` : '';
  return `uuid2=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly${crossSite}`;
}

const daySeconds = 86_400;
/** Kept for 90 days from each visit. */
export const visitCookie = (id: UserId, settings: CookieSettings): string => cookie(String(id), visitDays * daySeconds, settings);
/** Kept for ten years. */
export const optOutCookie = (settings: CookieSettings): string => cookie(optedOutValue, optOutDays * daySeconds, settings);
export const noCookie = (settings: CookieSettings): string => cookie('', 0, settings);
