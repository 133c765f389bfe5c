import { asUserId, type MemberId } from '../kit/ids.ts';
import { type DeviceDomain, deviceDomains, type Identifier } from '../profiles/identifier.ts';

/** Why a wire id names nobody. */
export type IdentifierFault = 'malformed-id' | 'unknown-domain' | 'unlisted-source' | 'malformed-type';

/** A canonical identifier, or the fault as a string: hot paths resolve ids without making an object for the outcome. */
export type Resolved = Identifier | IdentifierFault;

const mostUserId = '18446744073709551615';
const mostExternalCharacters = 255;
const mostEidCharacters = 512;
const mostIfaCharacters = 128;

/** How many digits device ids have that are plain hex digits; all others are UUIDs. */
export const hexLength: Partial<Readonly<Record<DeviceDomain, number>>> = { sha1udid: 40, openudid: 40, md5udid: 32 };

const domainNames = new Map<string, DeviceDomain>([
  ...Object.keys(deviceDomains).map((name): [string, DeviceDomain] => [name, name as DeviceDomain]),
  // The seed's spelling.
  ['sh1udid', 'sha1udid'],
]);

/** The name that stands for user ids where a domain is due (Batch Segment Config Service). */
export const userDomain = 'userdata';

/** The device domain of that name, ignoring case; undefined for unknown ones and for `sha1mac`, which is refused everywhere. */
export const deviceDomainOf = (name: string): DeviceDomain | undefined => domainNames.get(name) ?? domainNames.get(name.toLowerCase());

/** A user id: digits without a leading zero, 1 to 2^64-1 (ingest.md section 1.1). */
export function resolveUserId(text: string): Resolved {
  const { length } = text;
  if (length === 0 || length > 20 || text.charCodeAt(0) === 0x30) return 'malformed-id';
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return 'malformed-id';
  }
  if (length === 20 && text > mostUserId) return 'malformed-id';
  return { kind: 'user', id: asUserId(BigInt(text)) };
}

/** A device id in a domain (any case): a UUID with or without hyphens, not all zero, or hex digits of the domain's length. */
export function resolveDeviceId(domainName: string, text: string): Resolved {
  const domain = deviceDomainOf(domainName);
  return domain === undefined ? 'unknown-domain' : deviceId(domain, text);
}

function deviceId(domain: DeviceDomain, text: string): Resolved {
  const digits = hexLength[domain];
  const id =
    digits === undefined ? canonicalUuid(text) : text.length === digits && /^[0-9a-f]+$/i.test(text) ? text.toLowerCase() : undefined;
  return id === undefined || id === zeroUuid ? 'malformed-id' : { kind: 'device', domain, id };
}

/** An external id of a member: 1 to 255 characters without `;`, as written. */
export function resolveExternalId(member: MemberId, text: string): Resolved {
  if (!isText(text, mostExternalCharacters) || text.includes(';')) return 'malformed-id';
  return { kind: 'external', member, id: text };
}

/** An extended id of a listed source (in lower case in `sources`): 1 to 512 characters, as written. */
export function resolveEid(source: string, text: string, sources: ReadonlySet<string>): Resolved {
  const folded = source.toLowerCase();
  if (!sources.has(folded)) return 'unlisted-source';
  return isText(text, mostEidCharacters) ? { kind: 'eid', source: folded, id: text } : 'malformed-id';
}

/** What names somebody on the wire (ingest.md section 5). No domain, or `userdata`: a user id. */
export interface IdentifierParts {
  readonly domain: string | undefined;
  readonly id: string;
  /** Of an eid. */
  readonly source: string;
  /** Of an ifa. */
  readonly type: string;
  /** Whose external id it is. */
  readonly member: MemberId;
}

/** The identifier that the parts name, by its domain (any case). */
export function resolveIdentifier({ domain, id, source, type, member }: IdentifierParts, sources: ReadonlySet<string>): Resolved {
  if (domain === undefined) return resolveUserId(id);
  switch (domain.toLowerCase()) {
    case userDomain:
      return resolveUserId(id);
    case 'external':
      return resolveExternalId(member, id);
    case 'eid':
      return resolveEid(source, id, sources);
    case 'ifa':
      return resolveIfa(type, id);
    default:
      return resolveDeviceId(domain, id);
  }
}

/** An id for advertising. A type that is a device domain makes it that device id, so that both name one user. */
export function resolveIfa(type: string, text: string): Resolved {
  const folded = type.toLowerCase();
  if (folded === 'sha1mac' || !/^[a-z0-9_.-]{1,64}$/.test(folded)) return 'malformed-type';
  const domain = domainNames.get(folded);
  if (domain !== undefined) return deviceId(domain, text);
  if (!isText(text, mostIfaCharacters)) return 'malformed-id';
  const id = canonicalUuid(text) ?? text;
  return id === zeroUuid ? 'malformed-id' : { kind: 'ifa', type: folded, id };
}

/** `FOYER_EID_SOURCES` as `resolveEid` takes them. */
export const eidSources = (listed: readonly string[]): ReadonlySet<string> => new Set(listed.map((source) => source.toLowerCase()));

const zeroUuid = '00000000-0000-0000-0000-000000000000';
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Lower case with hyphens; undefined where the text is no UUID. */
function canonicalUuid(text: string): string | undefined {
  if (text.length === 36) return uuidForm.test(text) ? text.toLowerCase() : undefined;
  if (text.length !== 32 || !/^[0-9a-f]+$/i.test(text)) return undefined;
  const hex = text.toLowerCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * 1 to `most` characters that can be kept as UTF-8: a lone surrogate cannot, and all of them would become one and the same id.
 */
function isText(text: string, most: number): boolean {
  if (text.length === 0 || text.length > most * 2 || !text.isWellFormed()) return false;
  return text.length <= most || [...text].length <= most;
}
