import type { OpenOperation } from '../../../http/operation.ts';
import type { BatchParts } from '../batch-parts.ts';
import { refusedUpload, type UploadRefusal } from '../upload/upload-refusal.ts';
import { UploadTaking } from '../upload/take-upload.ts';
import { uploadPath } from '../upload/upload-urls.ts';

/**
 * `POST` to the URL of a job: takes its file as it comes in. The URL is the permission, so there is no token; refusals have a form of
 * their own (ingest.md section 4.2).
 */
export function uploadSegments(parts: BatchParts): OpenOperation {
  const taking = new UploadTaking(parts);
  return {
    id: 'uploadSegments',
    method: 'POST',
    paths: [`${uploadPath}/:job/:secret`],
    summary: 'Send the file of a batch job to its URL',
    access: 'anyone',
    streams: true,
    unlisted: true,
    async handle({ facts, path, requestId, stream }) {
      if (stream === undefined) throw new Error('an upload comes as a stream');
      const taken = await taking.take({
        jobId: path.job ?? '',
        secret: path.secret ?? '',
        contentType: sentContentType(stream),
        length: lengthOf(facts.headers['content-length']),
        body: stream,
        requestId,
      });
      if ('code' in taken) return refusedUpload(taken as UploadRefusal);
      return { fields: { segment_upload: { job_id: taken.job_id } }, outputTerm: 'segment_upload' };
    },
  };
}

const lengthOf = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;

/** As sent: for the framework all bodies have one type. */
function sentContentType(stream: unknown): string {
  const { rawHeaders = [] } = stream as { readonly rawHeaders?: readonly string[] };
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'content-type') return rawHeaders[at + 1] ?? '';
  return '';
}
