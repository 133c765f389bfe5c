import { longestSegmentMinutes } from '../../../segments/segment.ts';
import { noExpireMinutes } from './segment-table.ts';

/** No expiration stands in the line. */
export const unsent = -3;
/** The pair counts and writes nothing. */
export const notKept = -2;
export const removes = -1;

/**
 * What an expiration does (ingest.md section 4.4): minutes from 1 to 180 days, `removes` or `notKept`.
 * @param sent minutes, `removes`, or `unsent`: then the segment's `expire_minutes` decides, or without one `defaultExpiration`
 * @param expireMinutes of the segment, or `noExpireMinutes`
 */
export function lifetimeOf(sent: number, expireMinutes: number, defaultExpiration: number): number {
  let minutes = sent;
  if (sent === unsent) {
    if (expireMinutes === 0) return notKept;
    minutes = expireMinutes === noExpireMinutes ? defaultExpiration : expireMinutes;
  }
  if (minutes === removes) return removes;
  return minutes === 0 || minutes > longestSegmentMinutes ? longestSegmentMinutes : minutes;
}
