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
  const length = end - start;
  if (length <= 0 || length > mostDigits || bytes[start] === zero) return false;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) return false;
  }
  if (length <= 9) {
    into.high = 0;
    into.low = shortNumber(bytes, start, end);
    return true;
  }
  // In front of the last 8 digits: at most 12 digits, exact.
  const front = shortNumber(bytes, start, end - 16) * 1e8 + shortNumber(bytes, Math.max(start, end - 16), end - 8);
  // front * 10^8 + the last digits, in parts that stay below 2^53: front = begin * 2^20 + rest.
  const begin = Math.floor(front / 0x10_0000);
  const rest = front - begin * 0x10_0000;
  // The product of `begin` is due 20 bits further up: all but its last 12 bits belong to the high half.
  const upper = begin * 1e8;
  const low = (upper & 0xfff) * 0x10_0000 + rest * 1e8 + shortNumber(bytes, end - 8, end);
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
