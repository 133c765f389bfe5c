import type { BareAnswer } from '../../../http/operation.ts';

/** How an upload is refused: the sample scripts read `error_code` (Batch Segment Service; ingest.md section 4.2). */
export interface UploadRefusal {
  readonly status: number;
  readonly code: 'INVALID_CONTENT_TYPE' | 'INVALID_UPLOAD_URL' | 'FILESIZE_LIMIT_EXCEEDED' | 'RATE_LIMIT_EXCEEDED';
  readonly text: string;
}

const rate = (text: string): UploadRefusal => ({ status: 429, code: 'RATE_LIMIT_EXCEEDED', text });

export const uploadRefusals = {
  contentType: {
    status: 415,
    code: 'INVALID_CONTENT_TYPE',
    text: 'Content-Type must be application/octet-stream; the URL can still be used',
  },
  url: {
    status: 404,
    code: 'INVALID_UPLOAD_URL',
    text: 'The upload URL is unknown, used, replaced by a newer one, or older than 5 minutes; ask for a new job',
  },
  fileSize: { status: 413, code: 'FILESIZE_LIMIT_EXCEEDED', text: 'Member exceeds maximum byte size allowed for a file' },
  bytesPerDay: rate('Member exceeds maximum allowed bytes per day'),
  bytesPerHour: rate('Member exceeds maximum allowed bytes per hour'),
  linesPerDay: rate('Member exceeds maximum allowed number of lines per day'),
  linesPerHour: rate('Member exceeds maximum allowed number of lines per hour'),
  time: rate('Maximum upload time exceeded'),
  atOnce: rate('Member exceeds maximum allowed concurrent uploads'),
} as const satisfies Record<string, UploadRefusal>;

export const refusedUpload = ({ status, code, text }: UploadRefusal): BareAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({ response: { status: 'ERROR', error_code: code, errors: [text] } }),
});
