import type { FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import type { BatchJob } from '@foyer/sdk/generated/wire.ts';
import type { UploadedFile } from '@foyer/sdk/upload-file.ts';
import { pause } from '../pause.ts';
import type { JobRequest } from './file-identity.ts';
import { isPassing, readJob, waitForJob } from './wait-for-job.ts';

/** How often an upload that broke off is begun again. */
const retries = 5;

export interface FileToSend extends JobRequest {
  /** Begins with it: of each failed upload the next one has a key of its own. */
  readonly key: string;
  readonly file: UploadedFile;
  /** Can it be read once more? */
  readonly repeatable: boolean;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
  /** A line about what goes on; it takes the place of a progress that is shown. */
  readonly say: (line: string) => void;
  /** Before the first repeat, doubled with each further one. */
  readonly firstWaitMs: number;
}

export interface Sending {
  readonly job: BatchJob;
  /** False: the file was there already, from an earlier run. */
  readonly sentNow: boolean;
}

/** What one look at a job came to. */
type Step = { readonly kind: 'there'; readonly job: BatchJob } | { readonly kind: 'next' | 'again' };

/**
 * Brings a file to a job, once: the key finds the job of an earlier run. One that waits for its file gets it; one whose upload failed or
 * came too late is left for the next; one that has the file is the end. Uploads that break off, by the network or a server that is
 * unwell, are begun again from the start, up to five times. Refusals are thrown.
 */
export class FileSender {
  readonly #client: FoyerClient;
  readonly #sent: FileToSend;
  readonly #options: SendOptions;
  #turn = 0;
  /** The server has answered once. */
  #reached = false;
  /** An upload has been begun. */
  #tried = false;

  constructor(client: FoyerClient, sent: FileToSend, options: SendOptions) {
    this.#client = client;
    this.#sent = sent;
    this.#options = options;
  }

  async send(): Promise<Sending> {
    let failures = 0;
    for (;;) {
      try {
        const step = await this.#step();
        if (step.kind === 'there') return { job: step.job, sentNow: this.#tried };
        if (step.kind === 'next') this.#turn += 1;
      } catch (error) {
        // A server that was never there is told at once; a body that cannot be read twice is sent once.
        if (!this.#reached || !this.#sent.repeatable || !mayGoBetter(error) || failures === retries) throw error;
        failures += 1;
        await this.#waitAfter(error, failures);
      }
    }
  }

  async #step(): Promise<Step> {
    const { signal, onSent, say } = this.#options;
    const { member, validateOnly, key, file } = this.#sent;
    const query = { member_id: member ?? undefined, validate_only: validateOnly };
    const asked = await this.#client.createBatchJob(query, { signal, idempotencyKey: `${key}-${this.#turn}` });
    this.#reached = true;
    const { job_id: jobId, upload_url: url } = asked.batch_segment_upload_job;
    const job = await readJob(this.#client, jobId, { signal });
    if (job.phase === 'starting') {
      this.#tried = true;
      await this.#client.uploadSegments(url, file, { signal, onSent });
      return { kind: 'there', job: await readJob(this.#client, jobId, { signal }) };
    }
    if (job.phase === 'error' && job.error_code === 'uploading-error') return { kind: 'next' };
    if (job.phase !== 'uploading') return { kind: 'there', job };
    say(`Job ${jobId} gets its file already, since ${job.start_time ?? job.created_on} (UTC); waiting for the end of that upload …`);
    await waitForJob(this.#client, jobId, { signal, onJob: () => undefined, until: ({ phase }) => phase !== 'uploading' });
    return { kind: 'again' };
  }

  async #waitAfter(failure: unknown, failures: number): Promise<void> {
    const { firstWaitMs, say, signal } = this.#options;
    const backoffMs = firstWaitMs * 2 ** (failures - 1) * (0.5 + Math.random() / 2);
    const toldMs = failure instanceof FoyerError ? (failure.retryAfterS ?? 0) * 1000 : 0;
    const waitMs = Math.max(backoffMs, toldMs);
    const text = failure instanceof Error ? failure.message : String(failure);
    say(`${text}; the file is sent again from its start in ${Math.ceil(waitMs / 1000)} s (${failures} of ${retries}) …`);
    await pause(waitMs, signal);
  }
}

/** The network, the server, or a URL that went old or was replaced between asking and sending. */
const mayGoBetter = (error: unknown): boolean =>
  isPassing(error) || (error instanceof FoyerError && error.errorCode === 'INVALID_UPLOAD_URL');
