/** The two halves of a 64-bit user id, as they stand in its key: unsigned 32-bit numbers. */
export class UserIdHalves {
  low = 0;
  high = 0;
}

const zero = 0x30;
const mostDigits = 20;

/**
 * `resolveUserId` for digits that stand in bytes, without text and without bigints: hot paths take thousands of ids a call. False where
 * that would answer `malformed-id`; then the halves mean nothing.
 */
export function readUserId(bytes: Uint8Array, start: number, end: number, into: UserIdHalves): boolean {
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) return false;
  }
  return readUserDigits(bytes, start, end, into);
}

/** `readUserId` where nothing but digits stands from `start` to `end`. */
export function readUserDigits(bytes: Uint8Array, start: number, end: number, into: UserIdHalves): boolean {
  const length = end - start;
  if (length <= 0 || length > mostDigits || bytes[start] === zero) return false;
  if (length < 16) {
    const number = length < 8 ? shortNumber(bytes, start, end) : shortNumber(bytes, start, end - 8) * 1e8 + eightDigits(bytes, end - 8);
    into.high = Math.floor(number / 0x1_0000_0000);
    into.low = number >>> 0;
    return true;
  }
  // In front of the last 8 digits: at most 12 digits, exact.
  const front = shortNumber(bytes, start, end - 16) * 1e8 + eightDigits(bytes, end - 16);
  // front * 10^8 + the last digits, in parts that stay below 2^53: front = begin * 2^20 + rest.
  const begin = Math.floor(front / 0x10_0000);
  const rest = front - begin * 0x10_0000;
  // The product of `begin` is due 20 bits further up: all but its last 12 bits belong to the high half.
  const upper = begin * 1e8;
  const low = (upper & 0xfff) * 0x10_0000 + rest * 1e8 + eightDigits(bytes, end - 8);
  const high = Math.floor(upper / 0x1000) + Math.floor(low / 0x1_0000_0000);
  if (high > 0xffff_ffff) return false;
  into.high = high;
  into.low = low >>> 0;
  return true;
}

/** At most 9 digits; 0 where there are none. */
function shortNumber(bytes: Uint8Array, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = (Math.imul(number, 10) + (bytes[at] ?? 0) - zero) | 0;
  return number;
}

/** What eight zeros make in the sum of `eightDigits`. */
const eightZeros = zero * 11_111_111;

/** The processor takes these products side by side, where a loop has each digit wait for the one before. */
function eightDigits(bytes: Uint8Array, at: number): number {
  const upper =
    (bytes[at] ?? 0) * 10_000_000 + (bytes[at + 1] ?? 0) * 1_000_000 + (bytes[at + 2] ?? 0) * 100_000 + (bytes[at + 3] ?? 0) * 10_000;
  const lower = (bytes[at + 4] ?? 0) * 1000 + (bytes[at + 5] ?? 0) * 100 + (bytes[at + 6] ?? 0) * 10 + (bytes[at + 7] ?? 0);
  return upper + lower - eightZeros;
}
