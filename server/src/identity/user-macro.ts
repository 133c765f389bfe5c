import { percentDecodedInPart } from './percent-text.ts';

/** `$UID`, encoded or not, in this case and without braces (User ID Mapping with getUID and mapUID). */
const macro = /(?:\$|%24)UID/g;

/** The target with the id in place of each macro, or at its very end where it has none (ingest.md section 1.2). */
export const withUserId = (target: string, id: string): string => {
  const replaced = target.replace(macro, id);
  return replaced === target ? target + id : replaced;
};

/** getuid's target: all behind the first `?`, decoded once. */
export const decodedTarget = (query: string): string => percentDecodedInPart(query);

/** getuidu's target: as it is, and decoded once only where its scheme itself is encoded. */
export const plainTarget = (query: string): string => (/^https?%3a/i.test(query) ? percentDecodedInPart(query) : query);
