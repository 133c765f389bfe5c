/**
 * Why a line, its user or one of its segments is not taken (ingest.md section 4.5). The first five refuse the line whole, in the order in which
 * they are told where a line has several; `user` refuses it for its user; the others drop one pair of user and segment.
 */
export const faultCodes = {
  /** No S1, no user, no segment, or a segment with a wrong number of fields. */
  fields: 0,
  /** A field (but TIMESTAMP) that is no number, out of range, or an empty code. */
  value: 1,
  /** Separator 5 without a known domain behind it. */
  domain: 2,
  /** More than `mostSegmentsOfLine`, or longer than a line can be. */
  tooMany: 3,
  /** An exact repeat of an earlier line. */
  repeat: 4,
  /** A malformed user. */
  user: 5,
  invalidSegment: 6,
  unauthorizedSegment: 7,
  inactiveSegment: 8,
  timestamp: 9,
  /** An addition whose lifetime is over. */
  pastExpiration: 10,
} as const;
/** Above all codes: the least of several faults is the one to be told. */
export const noFault = 0xff;
export type FaultCode = (typeof faultCodes)[keyof typeof faultCodes];

/** Segments that a line can name (Batch Segment Service). */
export const mostSegmentsOfLine = 1800;

const formatTexts: readonly string[] = ['an illegal number of fields', 'an illegal value', 'an unknown domain', 'too many segments'];

/** Is it a fault that refuses the line whole? */
export const isFormatFault = (code: number): boolean => code <= faultCodes.repeat;

/**
 * What the error log says behind a line that is refused whole: `num_invalid_format-LINE failed with an illegal number of fields`.
 * @param code one of which `isFormatFault` is true
 */
export function formatFaultText(code: number): string {
  if (code === faultCodes.repeat) return 'failed as a duplicate line';
  const text = formatTexts[code];
  if (text === undefined) throw new RangeError(`${code} is no fault of a line's format`);
  return `failed with ${text}`;
}
