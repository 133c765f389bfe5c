import type { ExchangeParts } from '../exchange-parts.ts';
import { readJob } from '../store/share-job-store.ts';

/**
 * What the last process left because it was killed: uploads that were cut off, and folders of canceled jobs. Folders of jobs that the catalog
 * does not know go too: it came back from a backup, and will give out their ids again. To be called before anything is sent or done.
 */
export async function sweepJobFolders({ catalog, folders }: Pick<ExchangeParts, 'catalog' | 'folders'>): Promise<void> {
  for (const id of await folders.jobs()) {
    const job = await readJob(catalog.read, id);
    if (job && job.status !== 'CANCELED') await folders.of(id).dropIncoming();
    else await folders.of(id).remove();
  }
}
