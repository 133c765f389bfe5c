import type { MemberId, UserId } from '../kit/ids.ts';

/** Device id domains with their number in legacy files (ingest.md section 1.1); 6 and `sha1mac` are refused everywhere. */
export const deviceDomains = {
  idfa: 3,
  sha1udid: 4,
  md5udid: 5,
  openudid: 7,
  aaid: 8,
  windowsadid: 9,
  rida: 10,
  tifa: 11,
  vida: 12,
  lgudid: 13,
} as const;
export type DeviceDomain = keyof typeof deviceDomains;

/**
 * Anything that names a user, in canonical form (ingest.md section 1.1): UUID-shaped device ids in lower case with
 * hyphens, hex ids in lower case, eid sources and ifa types in lower case, everything else as written.
 * An ifa whose type is a device domain must be passed as `device`.
 */
export type Identifier =
  | { readonly kind: 'user'; readonly id: UserId }
  | { readonly kind: 'device'; readonly domain: DeviceDomain; readonly id: string }
  | { readonly kind: 'external'; readonly member: MemberId; readonly id: string }
  | { readonly kind: 'eid'; readonly source: string; readonly id: string }
  | { readonly kind: 'ifa'; readonly type: string; readonly id: string };
