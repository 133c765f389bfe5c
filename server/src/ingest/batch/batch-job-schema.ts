import { Type, type TSchema } from 'typebox';
import { batchCounters, batchErrorCodes, batchPhases } from './batch-job.ts';

const shown = { readOnly: true } as const;
const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()], shown);
const oneOf = (words: readonly string[]) => Type.Union(words.map((word) => Type.Literal(word)));
const time = nullable(Type.String());

/** `/batch-segment` on the wire (Batch Segment Service; ingest.md section 4.6). */
export const batchJobSchema = Type.Object({
  id: Type.Integer(shown),
  job_id: Type.String(shown),
  member_id: Type.Integer(shown),
  kind: Type.Union(
    ['upload', 'drop', 'undo'].map((word) => Type.Literal(word)),
    shown,
  ),
  phase: Type.Union(
    batchPhases.map((word) => Type.Literal(word)),
    shown,
  ),
  error_code: nullable(oneOf(batchErrorCodes)),
  error: nullable(Type.String({ description: 'Why the job failed, for people' })),
  start_time: time,
  uploaded_time: time,
  validated_time: time,
  completed_time: time,
  time_to_process: Type.String({ ...shown, description: 'Minutes from the end of the upload to the end of the job' }),
  percent_complete: Type.Integer({ ...shown, minimum: 0, maximum: 100 }),
  rows_per_second: nullable(Type.Integer()),
  seconds_left: nullable(Type.Integer()),
  ...Object.fromEntries(batchCounters.map((counter) => [counter, Type.Integer(shown)])),
  num_lines: nullable(Type.Integer()),
  bytes: nullable(Type.Integer({ description: 'As sent' })),
  error_log_lines: nullable(Type.String()),
  segment_log_lines: nullable(Type.String()),
  validate_only: Type.Boolean(shown),
  file_name: nullable(Type.String({ description: 'The name in the drop folder' })),
  undo_of: nullable(Type.Integer({ description: 'The id of the job that this one takes back' })),
  undo_until: nullable(Type.String({ description: 'Until then POST /batch-segment-undo takes the job back' })),
  undo_bytes: Type.Integer(shown),
  created_on: Type.String(shown),
  last_modified: Type.String(shown),
});

/** What a request for a job answers. */
export const requestedJobSchema = Type.Object({
  job_id: Type.String(shown),
  id: Type.Integer(shown),
  member_id: Type.Integer(shown),
  last_modified: Type.String(shown),
  upload_url: Type.String({ ...shown, description: 'Good for one upload, begun within 5 minutes' }),
});
