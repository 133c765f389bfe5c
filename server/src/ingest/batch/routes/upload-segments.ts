import type { OpenOperation } from '../../../http/operation.ts';
import { sentContentType, sentLength } from '../../../http/streamed-body.ts';
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
        length: sentLength(facts.headers['content-length']),
        body: stream,
        requestId,
      });
      if ('code' in taken) return refusedUpload(taken as UploadRefusal);
      return { fields: { segment_upload: { job_id: taken.job_id } }, outputTerm: 'segment_upload' };
    },
  };
}
