import { randomBytes } from 'node:crypto';

/** Alphanumeric, and in no order that tells how many there are. */
export const newJobId = (): string => randomBytes(16).toString('hex');
