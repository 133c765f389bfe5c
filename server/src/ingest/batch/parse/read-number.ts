const zero = 0x30;
const mostExactDigits = 15;
/** What `readNumber` answers for what is no number. */
export const noNumber = -1;

/** The digits in the bytes as a number; Infinity for one of more than 15 digits, `noNumber` for anything but digits. */
export function readNumber(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return noNumber;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) return noNumber;
    number = number * 10 + digit;
  }
  if (end - start <= mostExactDigits) return number;
  return end - start - leadingZeros(bytes, start, end) > mostExactDigits ? Number.POSITIVE_INFINITY : number;
}

/** Zeros in front of a number's last digit. */
export function leadingZeros(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end - 1 && bytes[at] === zero) at++;
  return at - start;
}
