import { readDeviceId } from '../../../identity/read-device-id.ts';
import { readUserId, UserIdHalves } from '../../../identity/read-user-id.ts';
import { userDomain } from '../../../identity/resolve-user.ts';
import { deviceDomains, type DeviceDomain } from '../../../profiles/identifier.ts';
import {
  deviceBeginBytes,
  encodeDeviceBegin,
  encodeExternalBegin,
  encodeUserId,
  externalBeginBytes,
  userKeyBytes,
} from '../../../profiles/identifier-key.ts';
import type { LineForm } from './line-form.ts';

/** What stands behind separator 5: a device domain, or that the user is a user id. */
export type LineDomain = DeviceDomain | typeof userDomain;

interface DomainName {
  /** In lower case. */
  readonly bytes: Uint8Array;
  readonly domain: LineDomain;
}

const domainName = (name: string, domain: LineDomain): DomainName => ({ bytes: new TextEncoder().encode(name), domain });
const domainNames: readonly DomainName[] = [
  ...Object.entries(deviceDomains).flatMap(([name, number]) => [
    domainName(String(number), name as DeviceDomain),
    domainName(name, name as DeviceDomain),
  ]),
  // The seed's spelling.
  domainName('sh1udid', 'sha1udid'),
  domainName(userDomain, userDomain),
];

const mostExternalCharacters = 255;
const semicolon = 0x3b;
/** Nothing interrupts the reading of an id. */
const halves = new UserIdHalves();

/** The domain of that number or name (any case), undefined for an unknown one (ingest.md sections 1.1 and 4.4). */
export function readDomain(bytes: Uint8Array, start: number, end: number): LineDomain | undefined {
  for (const name of domainNames) if (isName(name.bytes, bytes, start, end)) return name.domain;
  return undefined;
}

function isName(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let at = 0; at < name.length; at++) {
    const byte = bytes[start + at] ?? 0;
    const folded = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    if (folded !== name[at]) return false;
  }
  return true;
}

/**
 * Writes the key of the user that a line names, as `encodeIdentifier` does for the resolved identifier, and answers its length. 0 where the
 * user is malformed; then what was written means nothing. At most 515 bytes.
 * @param domain undefined where the line says none
 */
export function writeLineUser(
  form: LineForm,
  domain: LineDomain | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): number {
  const { externalMember, defaultDomain } = form;
  if (domain === undefined && externalMember !== null) return writeExternal(externalMember, bytes, start, end, into, at);
  const device = domain ?? defaultDomain ?? userDomain;
  if (device !== userDomain) {
    encodeDeviceBegin(device, into, at);
    const written = readDeviceId(device, bytes, start, end, into, at + deviceBeginBytes);
    return written === 0 ? 0 : deviceBeginBytes + written;
  }
  if (!readUserId(bytes, start, end, halves)) return 0;
  encodeUserId(halves.low, halves.high, into, at);
  return userKeyBytes;
}

/** The file is Latin-1, keys are UTF-8. */
function writeExternal(member: number, bytes: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number {
  const length = end - start;
  if (length < 1 || length > mostExternalCharacters) return 0;
  encodeExternalBegin(member, into, at);
  let to = at + externalBeginBytes;
  for (let from = start; from < end; from++) {
    const byte = bytes[from] ?? 0;
    if (byte === semicolon) return 0;
    if (byte < 0x80) into[to++] = byte;
    else {
      into[to++] = 0xc0 | (byte >>> 6);
      into[to++] = 0x80 | (byte & 0x3f);
    }
  }
  return to - at;
}
