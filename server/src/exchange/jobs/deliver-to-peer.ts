import { clientOf } from '../endpoints/connection.ts';
import { readSealed } from '../files/read-sealed.ts';
import type { EndpointClient, StartedJob } from '../peer/endpoint-client.ts';
import { readEndpointEver } from '../store/endpoint-store.ts';
import { jobFiles, type ShareJob } from '../store/share-job-store.ts';
import type { ShareJobFileTable } from '../../storage/sql/exchange-schema.ts';
import { completeJob } from './complete-job.ts';
import { receivedName } from './received-files.ts';
import { requestKey } from './request-key.ts';
import { rememberSegment } from './remember-segment.ts';
import type { JobCheckpoint } from './job-plan.ts';
import { checkpointOf, moveOn, planOf, preparedOf, type Stage } from './stage.ts';

const dayMs = 24 * 3600_000;

/** SENDING_DATA to a push consumer: one request after the other, each with its own key, and each job of the consumer asked for to its end. */
export async function deliverToPeer(stage: Stage): Promise<boolean> {
  const { parts, job } = stage;
  const endpoint = await readEndpointEver(parts.catalog.read, job.destination_endpoint_id ?? 0);
  if (!endpoint?.destination?.url) throw new Error(`endpoint ${job.destination_endpoint_id} has no address`);
  const delivery = new PeerDelivery(stage, clientOf(parts, endpoint, endpoint.destination.url));
  await delivery.run();
  await completeJob(stage);
  return false;
}

class PeerDelivery {
  readonly #stage: Stage;
  readonly #client: EndpointClient;
  readonly #job: ShareJob;

  constructor(stage: Stage, client: EndpointClient) {
    this.#stage = stage;
    this.#client = client;
    this.#job = stage.job;
  }

  async run(): Promise<void> {
    const { parts, job, signal } = this.#stage;
    const segment = job.destination_segment_id ?? (await this.#makeSegment());
    const files = await jobFiles(parts.catalog.read, job.id, 'out');
    const { sent = 0, deliveryJobId } = checkpointOf(job);
    let rows = 0;
    for (const file of files) {
      rows += file.rows;
      if (file.number <= sent) {
        // Its request was taken before a restart, and the consumer's job not seen to its end.
        if (file.number === sent && deliveryJobId !== undefined) await this.#follow(await this.#client.readJob(deliveryJobId, signal));
        continue;
      }
      const delivery = await this.#send(segment, file);
      const started = delivery.kind === 'job' ? delivery : undefined;
      await this.#note({ sent: file.number, ...(started ? { deliveryJobId: started.job.jobId } : {}) }, rows);
      if (started) await this.#follow(started);
      this.#stage.progress(60 + Math.round((file.number / files.length) * 40));
    }
  }

  /** The first run of a share into a new audience (exchange.md section 2.5). */
  async #makeSegment(): Promise<string> {
    const { job, signal } = this.#stage;
    const { share } = planOf(job);
    const { mapping } = preparedOf(job);
    const { destinationIdentifier: identifier, attributes } = mapping;
    const wanted = {
      name: share.destination.newSegment?.name ?? share.name,
      description: share.destination.newSegment?.description ?? null,
      identifiers: [{ name: identifier.name, type: identifier.type }],
      attributes: attributes.map(({ destination: { name, type } }) => ({ name, type })),
    };
    const id = await this.#client.createSegment(wanted, requestKey(job, 'segment'), signal);
    await moveOn(this.#stage, { destination_segment_id: id }, (change) => rememberSegment(change, job, id));
    return id;
  }

  #send(segment: string, { number, bytes }: ShareJobFileTable) {
    const { parts, job, signal } = this.#stage;
    const path = parts.folders.of(job.id).deliveredFile(receivedName(job.id, number));
    const rows = { bytes, open: () => readSealed(path, parts.box.fileKey) };
    return this.#client.sendData(segment, planOf(job).share.shareAction, rows, requestKey(job, String(number)), signal);
  }

  async #follow(started: StartedJob): Promise<void> {
    await this.#client.pollJob(started, dayMs, this.#stage.signal);
  }

  async #note(checkpoint: JobCheckpoint, rows: number): Promise<void> {
    await moveOn(this.#stage, {
      checkpoint: JSON.stringify({ ...checkpointOf(this.#job), deliveryJobId: undefined, ...checkpoint }),
      rows_sent: rows,
    });
  }
}
