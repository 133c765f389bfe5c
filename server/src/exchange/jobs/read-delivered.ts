import type { ExchangeParts } from '../exchange-parts.ts';
import { type ByteRange, readSealed } from '../files/read-sealed.ts';
import type { ShareJob } from '../store/share-job-store.ts';
import { endJob } from './end-job.ts';
import { damagedFault, isDamage } from './job-fault.ts';
import { serverChange } from './stage.ts';

/** A delivered file for the consumer that fetches it. One that is damaged ends the job, which would wait for a download that cannot be. */
export async function* readDelivered(parts: ExchangeParts, job: ShareJob, path: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
  try {
    yield* readSealed(path, parts.box.fileKey, range);
  } catch (error) {
    if (isDamage(error)) {
      const { code, message } = damagedFault;
      await serverChange(parts, 'downloadJobData', (change) =>
        endJob(change, job, { status: 'FAILED', code, message, details: error.message }),
      );
      parts.running.followers.changed(job.id);
    }
    throw error;
  }
}
