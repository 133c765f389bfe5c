import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskQueue } from '../background/background-task.ts';
import { TaskRunner } from '../background/task-runner.ts';
import type { Clock } from '../kit/clock.ts';
import { Turns } from '../kit/turns.ts';
import { dueRefreshes } from './audiences/refresh-audiences.ts';
import { CsvEngine } from './csv/csv-engine.ts';
import { builtInIdentifiers } from './endpoints/built-in-endpoint.ts';
import { resumeConnecting } from './endpoints/connect-endpoint.ts';
import type { ExchangeParts, Peers } from './exchange-parts.ts';
import { checkKey } from './files/check-key.ts';
import { masterKey } from './files/master-key.ts';
import { SecretBox } from './files/secret-box.ts';
import { endLateJobs } from './jobs/end-late-jobs.ts';
import { ShareJobFolders } from './jobs/job-folder.ts';
import { PollBucket } from './jobs/poll-bucket.ts';
import { runShare } from './jobs/run-share.ts';
import { RunningShareJobs } from './jobs/running-share-jobs.ts';
import { sweepJobFolders } from './jobs/sweep-job-folders.ts';
import { PeerHttp } from './peer/peer-http.ts';
import type { WaitParts } from './peer/retrying.ts';
import { ShareClock } from './schedules/share-clock.ts';

const tickMs = 1000;

export interface ExchangeServiceOptions extends Pick<
  ExchangeParts,
  'catalog' | 'view' | 'clock' | 'log' | 'admit' | 'profiles' | 'writer' | 'eidSources'
> {
  /** The file store's folder. */
  readonly filesPath: string;
  readonly queue: TaskQueue;
  /** `FOYER_SHARE_JOBS_AT_ONCE`. */
  readonly jobsAtOnce: number;
  /** `FOYER_SECRET_KEY`. */
  readonly secretKey: string;
  /** `FOYER_ALLOW_PRIVATE_ENDPOINTS`. */
  readonly allowPrivateEndpoints: boolean;
}

/** The exchange: what its routes need, and what goes on beside them. */
export class ExchangeService {
  readonly parts: ExchangeParts;
  readonly #runner: TaskRunner;
  readonly #shares: ShareClock;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #ticking: Promise<void> | null = null;

  constructor({ filesPath, queue, jobsAtOnce, secretKey, allowPrivateEndpoints, ...options }: ExchangeServiceOptions) {
    const { clock, log, eidSources } = options;
    const box = new SecretBox(masterKey(secretKey, join(filesPath, 'exchange.key')));
    checkKey(box, join(filesPath, 'exchange-key.check'));
    this.parts = {
      ...options,
      box,
      secrets: { seal: (purpose, text) => box.sealText(purpose, text), open: (purpose, sealed) => box.openText(purpose, sealed) },
      csv: new CsvEngine(),
      folders: new ShareJobFolders(filesPath),
      running: new RunningShareJobs(),
      tellCanceled: (task) => this.canceled(task),
      polls: new PollBucket(clock),
      peers: peersOf(allowPrivateEndpoints, clock, this.#stopping.signal),
      checks: new Map(),
      repeatedCalls: new Turns(),
      builtInColumns: builtInIdentifiers(eidSources),
      provided: new Set(),
    };
    this.#runner = new TaskRunner({
      queue,
      handlers: new Map([['run-share', runShare(this.parts)]]),
      schedules: [],
      // The files are this server's.
      alone: true,
      clock,
      concurrency: jobsAtOnce,
      onFailure: (error, task) => log.error({ err: error, task: task?.id ?? null }, 'a job of the exchange stopped; it is tried again'),
    });
    this.#shares = new ShareClock(this.parts);
  }

  /** Takes up again what the last stop of the server interrupted. */
  async start(): Promise<void> {
    await sweepJobFolders(this.parts);
    await resumeConnecting(this.parts);
    this.#runner.start();
    this.#shares.start();
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#timer.unref();
  }

  /** There may be a job to do. */
  wake(): void {
    this.#runner.wake();
  }

  /** A task was canceled by somebody. */
  canceled(task: number): void {
    this.#runner.canceled(task);
  }

  /** Gives up calls to endpoints, and waits until nothing of them writes any more. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopping.abort(new Error('The server stops'));
    await this.#shares.stop();
    await this.#ticking;
    await Promise.all(this.parts.checks.values());
    await this.#runner.stop();
    await this.parts.csv.close();
  }

  /** Due refreshes, and jobs that waited too long; the next tick waits for this one. */
  #tick(): void {
    this.#ticking ??= (async () => {
      await dueRefreshes(this.parts);
      await endLateJobs(this.parts);
    })()
      .catch((error: unknown) => this.parts.log.error({ err: error }, 'what is due in the exchange was not begun; it is tried again'))
      .finally(() => {
        this.#ticking = null;
      });
  }
}

function peersOf(allowPrivate: boolean, clock: Clock, stopping: AbortSignal): Peers {
  const rule = { allowPrivate };
  const wait: WaitParts = {
    nowMs: () => clock.nowMs(),
    random: Math.random,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
  };
  return { http: new PeerHttp(rule), rule, wait, stopping };
}
