/** Batch jobs through the sdk, against a server of its own. */
import { FoyerClient } from '@foyer/sdk/client.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { password, type PlatformServer, startPlatform } from './platform-server.ts';

let platform: PlatformServer;
let provider: FoyerClient;
let segment: number;
beforeAll(async () => {
  platform = await startPlatform();
  provider = new FoyerClient({ baseUrl: platform.url, token: platform.tokens.provider });
  ({ id: segment } = await provider.createSegment({ code: 'batch' }));
});
afterAll(() => platform.stop());

const load = async (text: string) => {
  const { batch_segment_upload_job: job } = await provider.createBatchJob();
  expect(await provider.uploadSegments(job.upload_url, new Blob([text]), { onSent: () => undefined })).toBe(job.job_id);
  const told = await Array.fromAsync(provider.followBatchJob({ job_id: job.job_id }));
  return { job_id: job.job_id, id: job.id, told };
};

test('a file is sent and followed to its end, its refused lines are read, and it is undone', async () => {
  const { id, job_id: jobId, told } = await load(`5;${segment}:60\nx;1\n`);
  expect(told.at(-1)).toMatchObject({ id, job_id: jobId, phase: 'completed', num_valid: 1, num_invalid_format: 1 });
  const pieces = await Array.fromAsync(provider.readBatchRejects({ job_id: jobId }));
  expect(Buffer.concat(pieces).toString('latin1')).toMatch(/^line_number\tcodes\tmessage\tline\n2\tnum_invalid_format\t.*\tx;1\n$/);
  const { batch_segment_upload_job: undo } = await provider.undoBatchJob({ job_id: jobId });
  expect(undo).toMatchObject({ kind: 'undo', undo_of: id });
});

test('jobs are listed, found by their job_id, and canceled', async () => {
  const { batch_segment_upload_job: job } = await provider.createBatchJob();
  const { batch_segment_upload_job: found } = await provider.listBatchJobs({ job_id: job.job_id });
  expect(found).toMatchObject([{ id: job.id, phase: 'starting' }]);
  const { batch_segment_upload_job: canceled } = await provider.cancelBatchJob({ job_id: job.job_id });
  expect(canceled).toMatchObject({ phase: 'error', error_code: 'uploading-error' });
  const errors = await Array.fromAsync(provider.each('listBatchJobs', { phase: 'error' }));
  expect(errors.map((listed) => listed.job_id)).toContain(job.job_id);
});

test('a call with the same Idempotency-Key gets the same job', async () => {
  const options = { idempotencyKey: 'sdk-1' };
  const first = await provider.createBatchJob({}, options);
  expect((await provider.createBatchJob({}, options)).id).toBe(first.id);
  expect((await provider.createBatchJob({}, { idempotencyKey: 'sdk-2' })).id).not.toBe(first.id);
});

test('what is read as it comes is refused, and logs in again, as other calls are and do', async () => {
  await expect(Array.fromAsync(provider.readBatchRejects({ job_id: 'none' }))).rejects.toMatchObject({ status: 404, errorId: 'SYNTAX' });
  await expect(Array.fromAsync(provider.followBatchJob({ job_id: 'none' }))).rejects.toMatchObject({ status: 404, errorId: 'SYNTAX' });
  const { job_id: jobId } = await load('');
  const renewed = new FoyerClient({ baseUrl: platform.url, token: 'ended', credentials: { username: 'provider', password } });
  expect(await Array.fromAsync(renewed.followBatchJob({ job_id: jobId }))).toMatchObject([{ phase: 'completed' }]);
});

test('following ends with its signal, and where the server is silent', async () => {
  const { batch_segment_upload_job: job } = await provider.createBatchJob();
  const stop = new AbortController();
  const following = Array.fromAsync(provider.followBatchJob({ job_id: job.job_id }, { signal: stop.signal }));
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await expect(following).rejects.toThrow('enough');
  const silent = Array.fromAsync(provider.followBatchJob({ job_id: job.job_id }, { timeoutMs: 300 }));
  await expect(silent).rejects.toMatchObject({ name: 'NoAnswerError' });
});
