import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { members, startPlatform, type PlatformServer } from '../../../../test/platform-server.ts';
import { BatchClient } from '../../../../test/batch-client.ts';

let platform: PlatformServer;
let batch: BatchClient;
beforeAll(async () => {
  platform = await startPlatform({ settings: { trustProxy: 1 } });
  batch = new BatchClient(platform);
});
afterAll(() => platform.stop());

describe('listBatchJobs', () => {
  it('200: one by its job_id, id or path, with every key that there is', async () => {
    const { id, jobId } = await batch.request();
    const meta = (await platform.call('GET /batch-segment/meta')).at('fields') as readonly { readonly name: string }[];
    const job = await batch.job(jobId);
    expect(Object.keys(job).sort()).toEqual(meta.map(({ name }) => name).sort());
    for (const path of [`?id=${id}`, `/${id}`])
      expect((await platform.call(`GET /batch-segment${path}`)).at('batch_segment_upload_job')).toEqual(job);
    expect(job).toMatchObject({ phase: 'starting', uploaded_time: null, time_to_process: '0.00', num_valid: 0, segment_log_lines: null });
    expect(
      Object.keys((await platform.call(`GET /batch-segment?job_id=${jobId}&fields=phase,id`)).at('batch_segment_upload_job') as object),
    ).toEqual(['id', 'phase']);
  });
  it('200: the last 30 days’ jobs by id, sorted and filtered', async () => {
    const made = [await batch.request({ as: 'stranger' }), await batch.request({ as: 'stranger' })];
    const ids = async (query = ''): Promise<unknown> =>
      (
        (await platform.call(`GET /batch-segment${query as ''}`, { as: 'stranger' })).at('batch_segment_upload_job') as { id: number }[]
      ).map(({ id }) => id);
    expect(await ids()).toEqual(made.map(({ id }) => id));
    expect(await ids('?sort=id.desc&num_elements=1')).toEqual([made[1]?.id]);
    expect(await ids('?phase=starting')).toEqual([made[1]?.id]);
    expect(await ids(`?min_id=${made[1]?.id}`)).toEqual([made[1]?.id]);
    const old = { created_on: platform.clock.nowMs() - 30 * 86_400_000 };
    await platform.server.catalog.read
      .updateTable('batch_segment_job')
      .set(old)
      .where('id', '=', made[0]?.id ?? 0)
      .execute();
    expect(await ids()).toEqual([made[1]?.id]);
  });
  it('200: on impression-bus hosts one job comes in an array', async () => {
    const { jobId } = await batch.request();
    const at = async (host: string): Promise<unknown> =>
      (await platform.call(`GET /batch-segment?job_id=${jobId}`, { headers: { 'x-forwarded-host': host } })).at('batch_segment_upload_job');
    expect(await at('API.adnxs.com:443')).toEqual([await at('api.appnexus.com')]);
  });
  it('200: administrators see all, or one member’s', async () => {
    const { jobId } = await batch.request({ as: 'buyer' });
    expect((await batch.job(jobId, 'admin')).member_id).toBe(members.buyer);
    const theirs = await platform.call(`GET /batch-segment?member_id=${members.buyer}`, { as: 'admin' });
    expect((theirs.at('batch_segment_upload_job') as { job_id: string }[]).map((job) => job.job_id)).toEqual([jobId]);
  });
  it('404: another member’s job is not there', async () => {
    const { id, jobId } = await batch.request();
    for (const query of [`job_id=${jobId}`, `id=${id}`, 'job_id=nobody']) {
      const answer = await platform.call(`GET /batch-segment?${query}`, { as: 'stranger' });
      expect([answer.status, answer.at('error_code')], query).toEqual([404, 'NOT_FOUND']);
    }
  });
  it('400, 401: a filter that is none, no token', async () => {
    expect((await platform.call('GET /batch-segment?sort=nothing')).at('error_id')).toBe('SYNTAX');
    expect((await platform.call('GET /batch-segment', { as: null })).status).toBe(401);
  });
});
