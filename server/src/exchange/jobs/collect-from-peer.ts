import { exchangeLimits, mostFiles } from '../csv/csv-limits.ts';
import { clientOf } from '../endpoints/connection.ts';
import type { EndpointClient, PeerData, StartedJob } from '../peer/endpoint-client.ts';
import { mappedColumns } from '../shares/mapping.ts';
import { readEndpointEver } from '../store/endpoint-store.ts';
import { jobFiles } from '../store/share-job-store.ts';
import { receivedName, recordFile, rowsLeft, rowsOf } from './received-files.ts';
import { JobFault } from './job-fault.ts';
import type { JobStatus } from './job-status.ts';
import { checkpointOf, moveOn, preparedOf, progressOf, type Stage } from './stage.ts';
import { requestKey } from './request-key.ts';

const dayMs = 24 * 3600_000;
const collecting: readonly JobStatus[] = ['WAITING_TO_RECIEVE_DATA', 'RECEIVING_DATA'];

/** Fetches the data of a pull producer, or lets it make them first (exchange.md section 1, producer PULL). Goes on where it stopped. */
export async function collectFromPeer(stage: Stage): Promise<boolean> {
  const { parts, job } = stage;
  const endpoint = await readEndpointEver(parts.catalog.read, job.source_endpoint_id);
  if (!endpoint?.source?.url) throw new Error(`endpoint ${job.source_endpoint_id} has no address`);
  const collection = new Collection(stage, clientOf(parts, endpoint, endpoint.source.url));
  await collection.run();
  return true;
}

class Collection {
  readonly #stage: Stage;
  readonly #client: EndpointClient;
  readonly #tell: ReturnType<typeof progressOf>;

  constructor(stage: Stage, client: EndpointClient) {
    this.#stage = stage;
    this.#client = client;
    this.#tell = progressOf(stage);
  }

  async run(): Promise<void> {
    const { parts, job, signal } = this.#stage;
    const segment = job.source_segment_id ?? '';
    const { peerJobId } = checkpointOf(job);
    if (peerJobId !== undefined) return this.#fetchParts(await this.#client.readJob(peerJobId, signal));
    if ((await jobFiles(parts.catalog.read, job.id, 'in')).length > 0) return this.#finish();
    const answer = await this.#client.readSegmentData(segment, exchangeLimits.wireBytes, (data) => this.#take(1, data), signal);
    if (answer.kind === 'data') return this.#finish();
    const { mapping, segmentIdIsNumber } = preparedOf(job);
    const { identifiers, attributes } = mappedColumns(mapping);
    const asked = { exchangeJobId: job.id, columns: [...identifiers, ...attributes].map(({ name }) => name) };
    const started = await this.#client.createJob({ id: segment, idIsNumber: segmentIdIsNumber }, asked, requestKey(job, 'data'), signal);
    await moveOn(this.#stage, { checkpoint: JSON.stringify({ peerJobId: started.job.jobId }) }, undefined, collecting);
    await this.#fetchParts(started);
  }

  async #fetchParts(started: StartedJob): Promise<void> {
    const { parts, job, signal } = this.#stage;
    const { jobId, jobData } = await this.#client.pollJob(started, dayMs, signal);
    if (jobData.length === 0) throw new JobFault('PEER_MALFORMED', 'The endpoint says that the data are complete, and names none.');
    if (jobData.length > mostFiles)
      throw new JobFault('TOO_LARGE', `The endpoint made ${jobData.length} files; a job takes ${mostFiles} at most.`);
    const known = new Set((await jobFiles(parts.catalog.read, job.id, 'in')).map(({ number }) => number));
    for (const [index, { jobDataId }] of jobData.entries()) {
      const number = index + 1;
      if (known.has(number)) continue;
      await this.#client.readJobData(jobId, jobDataId, exchangeLimits.wireBytes, (data) => this.#take(number, data), signal);
      this.#stage.progress(Math.round((number / jobData.length) * 30));
    }
    await this.#finish();
  }

  async #take(number: number, { body, contentEncoding }: PeerData): Promise<void> {
    const { parts, job } = this.#stage;
    if (number === 1) await moveOn(this.#stage, { status: 'RECEIVING_DATA' }, undefined, collecting);
    const checked = await parts.csv.check(body, {
      path: parts.folders.of(job.id).received(number),
      key: parts.box.fileKey,
      gzipped: contentEncoding === 'gzip',
      columns: preparedOf(job).columns,
      limits: { ...exchangeLimits, rows: await rowsLeft(parts.catalog.read, job.id) },
    });
    await moveOn(
      this.#stage,
      {},
      (change) => recordFile(change, job.id, 'in', { number, name: receivedName(job.id, number), ...checked }),
      collecting,
    );
    this.#tell({ rows_received: rowsOf(await jobFiles(parts.catalog.read, job.id, 'in')) });
  }

  async #finish(): Promise<void> {
    await moveOn(this.#stage, { status: 'RECEIVING_DATA', checkpoint: JSON.stringify({ collected: true }) }, undefined, collecting);
  }
}
