import { Buffer } from 'node:buffer';
import { asMemberId, asUserId } from '../kit/ids.ts';
import { deviceDomains, type DeviceDomain, type Identifier } from './identifier.ts';

/**
 * The bytes by which the engines know an identifier: one tag byte, then the shortest exact form.
 * - user id: 8 bytes, little endian
 * - device id: the bytes of its hex digits (16 for UUIDs and md5, 20 for sha1); the tag is the domain's number
 * - external id: the member as 4 bytes, little endian, then the id in UTF-8
 * - eid and ifa: source or type in UTF-8, a zero byte, the id in UTF-8
 */
const userTag = 1;
const externalTag = 32;
const eidTag = 33;
const ifaTag = 34;
const domainByTag = new Map<number, DeviceDomain>(Object.entries(deviceDomains).map(([name, tag]) => [tag, name as DeviceDomain]));
/** A user id's bytes without arithmetic on bigints. Little endian, as every platform that Node runs on is. */
const bigScratch = new BigUint64Array(1);
const byteScratch = new Uint8Array(bigScratch.buffer);
const hexDomains: ReadonlySet<DeviceDomain> = new Set(['sha1udid', 'md5udid', 'openudid']);

/** By the first byte of a key: is it a user id's? */
export const isUserKey = (tag: number): boolean => tag === userTag;
/** By the first byte of a key: is it an external id's? Only these can be unmapped. */
export const isExternalKey = (tag: number): boolean => tag === externalTag;

/** Longest key in bytes. A longest eid (512 characters of 3 bytes and its source) is far below. */
export const longestKeyBytes = 0x3fff;

/** Writes the key of an identifier at `at` and answers its length. The identifier must be canonical. */
export function encodeIdentifier(identifier: Identifier, into: Uint8Array, at: number): number {
  switch (identifier.kind) {
    case 'user': {
      into[at] = userTag;
      bigScratch[0] = identifier.id;
      for (let i = 0; i < 8; i++) into[at + 1 + i] = byteScratch[i] as number;
      return userKeyBytes;
    }
    case 'device':
      into[at] = deviceDomains[identifier.domain];
      return 1 + writeHex(identifier.id, into, at + 1);
    case 'external':
      encodeExternalBegin(identifier.member, into, at);
      return externalBeginBytes + writeText(identifier.id, into, at + externalBeginBytes);
    case 'eid':
      return writePair(eidTag, identifier.source, identifier.id, into, at);
    case 'ifa':
      return writePair(ifaTag, identifier.type, identifier.id, into, at);
  }
}

/** Length of a user id's key. */
export const userKeyBytes = 9;

/** The key of a user id by its halves, unsigned 32-bit numbers, as `encodeIdentifier` writes it. */
export function encodeUserId(low: number, high: number, into: Uint8Array, at: number): void {
  into[at] = userTag;
  into[at + 1] = low;
  into[at + 2] = low >>> 8;
  into[at + 3] = low >>> 16;
  into[at + 4] = low >>> 24;
  into[at + 5] = high;
  into[at + 6] = high >>> 8;
  into[at + 7] = high >>> 16;
  into[at + 8] = high >>> 24;
}

/** Length of what an external id's key begins with. */
export const externalBeginBytes = 5;

/** The begin of the key of a member's external id, as `encodeIdentifier` writes it; the id in UTF-8 is due behind it. */
export function encodeExternalBegin(member: number, into: Uint8Array, at: number): void {
  into[at] = externalTag;
  for (let i = 0, rest = member; i < 4; i++, rest >>>= 8) into[at + 1 + i] = rest & 0xff;
}

/** Length of what a device id's key begins with. */
export const deviceBeginBytes = 1;

/** The begin of the key of a device id, as `encodeIdentifier` writes it; the bytes of the id's hex digits are due behind it. */
export function encodeDeviceBegin(domain: DeviceDomain, into: Uint8Array, at: number): void {
  into[at] = deviceDomains[domain];
}

/** An upper bound of the key's length, so that room can be made first. */
encodeIdentifier.maxBytes = (identifier: Identifier): number => {
  switch (identifier.kind) {
    case 'user':
      return userKeyBytes;
    case 'device':
      return 21;
    case 'external':
      return 5 + identifier.id.length * 3;
    case 'eid':
      return 2 + (identifier.source.length + identifier.id.length) * 3;
    case 'ifa':
      return 2 + (identifier.type.length + identifier.id.length) * 3;
  }
};

/** The key of an identifier, in bytes of its own. Throws RangeError where it is too long. */
export function keyOf(identifier: Identifier): Uint8Array<ArrayBuffer> {
  const key = new Uint8Array(encodeIdentifier.maxBytes(identifier));
  const length = encodeIdentifier(identifier, key, 0);
  if (length > longestKeyBytes) throw new RangeError(`an identifier cannot have ${length} bytes`);
  return key.subarray(0, length);
}

/** Throws RangeError where the key of an identifier is too long. */
export function checkKeyLength(identifier: Identifier): void {
  if (encodeIdentifier.maxBytes(identifier) > longestKeyBytes) keyOf(identifier);
}

/** The key as text, one character a byte, for Maps and Sets. */
export const keyText = (identifier: Identifier): string => Buffer.from(keyOf(identifier)).toString('latin1');

/** Reads a key back; the opposite of `encodeIdentifier`. */
export function decodeIdentifier(key: Uint8Array): Identifier {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length);
  const tag = bytes[0];
  if (tag === userTag) return { kind: 'user', id: asUserId(bytes.readBigUInt64LE(1)) };
  if (tag === externalTag) return { kind: 'external', member: asMemberId(bytes.readUInt32LE(1)), id: bytes.toString('utf8', 5) };
  if (tag === eidTag || tag === ifaTag) {
    const zero = bytes.indexOf(0, 1);
    const first = bytes.toString('utf8', 1, zero);
    const id = bytes.toString('utf8', zero + 1);
    return tag === eidTag ? { kind: 'eid', source: first, id } : { kind: 'ifa', type: first, id };
  }
  const domain = tag === undefined ? undefined : domainByTag.get(tag);
  if (domain === undefined) throw new Error(`no identifier has the tag ${tag}`);
  const hex = bytes.toString('hex', 1);
  const id = hexDomains.has(domain)
    ? hex
    : `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return { kind: 'device', domain, id };
}

function writeHex(text: string, into: Uint8Array, at: number): number {
  let end = at;
  let high = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2d) continue;
    const digit = code <= 0x39 ? code - 0x30 : code - 0x57;
    if (high < 0) high = digit;
    else {
      into[end++] = high * 16 + digit;
      high = -1;
    }
  }
  return end - at;
}

const encoder = new TextEncoder();

/** ASCII, as most ids are, is written by a loop: the encoder and its view of the memory cost several times as much. */
function writeText(text: string, into: Uint8Array, at: number): number {
  const { length } = text;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return encoder.encodeInto(text, into.subarray(at)).written;
    into[at + index] = code;
  }
  return length;
}

function writePair(tag: number, first: string, second: string, into: Uint8Array, at: number): number {
  into[at] = tag;
  const firstLength = writeText(first, into, at + 1);
  into[at + 1 + firstLength] = 0;
  return 2 + firstLength + writeText(second, into, at + 2 + firstLength);
}
