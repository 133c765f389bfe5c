import { defineRefusals, Refusal } from '../kit/refusal.ts';
import { ProfileStoreUnavailable } from './profile-store.ts';

export const profileErrors = defineRefusals('profiles', {
  unavailable: {
    errorId: 'SYSTEM',
    status: 503,
    text: 'The server cannot store anything at the moment; nothing was acknowledged. Try again later',
  },
});

const retryAfterS = 5;

/** The error of a write as it is answered: a store that takes none is `profiles.unavailable` (503, Retry-After), all else stays as it is. */
export const refusedWrite = (error: unknown): unknown =>
  error instanceof ProfileStoreUnavailable
    ? new Refusal(profileErrors.unavailable, {}, { cause: error, headers: { 'retry-after': String(retryAfterS) } })
    : error;
