import { Buffer } from 'node:buffer';

/** A user id as a key of the peers' stores: eight bytes, so that nothing is parsed or printed. */
export function userKey(userId: bigint): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeBigUInt64BE(userId);
  return key;
}
