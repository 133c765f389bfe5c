import type { DeviceDomain } from '../profiles/identifier.ts';
import { hexLength } from './resolve-user.ts';

const noDigit = 0xff;
const digits = new Uint8Array(256).fill(noDigit);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  digits[text.charCodeAt(0)] = digit;
  digits[text.toUpperCase().charCodeAt(0)] = digit;
}

const hyphen = 0x2d;
const uuidDigits = 32;
const uuidWithHyphens = 36;
/** Of digits, each with one hyphen behind it. */
const uuidGroups = [8, 12, 16, 20];

/**
 * `resolveDeviceId` for an id that stands in bytes: writes the bytes of its hex digits (16 or 20) and answers how many they are. 0 where that
 * would answer `malformed-id`; then what was written means nothing.
 */
export function readDeviceId(domain: DeviceDomain, bytes: Uint8Array, start: number, end: number, into: Uint8Array, at: number): number {
  const length = end - start;
  const plain = hexLength[domain];
  if (plain !== undefined) return length === plain && readHex(bytes, start, length, into, at) >= 0 ? length / 2 : 0;
  const seen =
    length === uuidDigits ? readHex(bytes, start, length, into, at) : length === uuidWithHyphens ? readUuid(bytes, start, into, at) : -1;
  return seen > 0 ? uuidDigits / 2 : 0;
}

/** Answers all bytes or-ed into one, or -1. */
function readHex(bytes: Uint8Array, start: number, length: number, into: Uint8Array, at: number): number {
  let seen = 0;
  for (let i = 0; i < length; i += 2) {
    const high = digits[bytes[start + i] ?? 0] ?? noDigit;
    const low = digits[bytes[start + i + 1] ?? 0] ?? noDigit;
    if ((high | low) > 0xf) return -1;
    const byte = (high << 4) | low;
    into[at + (i >>> 1)] = byte;
    seen |= byte;
  }
  return seen;
}

function readUuid(bytes: Uint8Array, start: number, into: Uint8Array, at: number): number {
  let seen = 0;
  let from = 0;
  let hyphens = 0;
  for (const end of uuidGroups) {
    const part = readHex(bytes, start + from + hyphens, end - from, into, at + from / 2);
    if (part < 0 || bytes[start + end + hyphens] !== hyphen) return -1;
    seen |= part;
    from = end;
    hyphens += 1;
  }
  const last = readHex(bytes, start + from + hyphens, uuidDigits - from, into, at + from / 2);
  return last < 0 ? -1 : seen | last;
}
