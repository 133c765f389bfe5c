const hourMs = 3600_000;

/** No upload within this time fails the job (exchange.md section 2.7). */
export const uploadWaitMs = 24 * hourMs;
/** No download within this time, and no report so long after the last one, fails the job. */
export const downloadWaitMs = 72 * hourMs;
