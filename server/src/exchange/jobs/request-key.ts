import type { ShareJob } from '../store/share-job-store.ts';

/**
 * The Idempotency-Key of a request that a job makes: equal for each attempt, also after a restart, and no other request's; a catalog
 * that came back from a backup counts jobs anew, so the time stands in it.
 */
export const requestKey = (job: Pick<ShareJob, 'id' | 'created_on'>, what: string): string =>
  `foyer-${job.id}-${job.created_on.toString(36)}-${what}`;
