import type { IngestSettings } from '../../../members/ingest-settings.ts';
import { asMemberId } from '../../../kit/ids.ts';
import type { BatchJob } from '../batch-job.ts';
import type { BatchParts } from '../batch-parts.ts';
import { lineFormOf } from '../parse/line-form.ts';
import type { FilePass } from '../scan/file-scanner.ts';

/** Begins the first pass over a job's file. @param whole it is there, and does not grow */
export function beginPass(
  { folders, scanner, settings: batch }: BatchParts,
  job: BatchJob,
  settings: IngestSettings,
  whole: boolean,
): FilePass {
  const folder = folders.of(job.id);
  const { separators } = lineFormOf(settings, asMemberId(job.member_id), 0);
  const order = {
    upload: folder.upload,
    repeats: folder.repeats,
    textLimitBytes: batch.textLimitBytes,
    separators: separators.filter((separator) => separator !== null),
  };
  return scanner.begin(order, whole);
}
