import type { Buffer } from 'node:buffer';
import { Histogram } from '../statistics/histogram.ts';
import type { Answered } from './answer-reader.ts';
import { Connection } from './connection.ts';
import { CpuMeter, type CpuUse } from './cpu-meter.ts';

export interface LoopOptions {
  readonly port: number;
  readonly connections: number;
  /** The next request; called once for each. */
  readonly next: () => Buffer;
  /** Calls a second, evenly; null: every connection sends its next call as soon as it has an answer. */
  readonly pace: number | null;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Process of the server, whose processor time is counted. */
  readonly pid: number;
}

export interface LoopResult {
  /** Calls answered within the measured time. */
  readonly calls: number;
  readonly seconds: number;
  readonly answerBytes: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly largestUs: number;
  /** How much of the measured time the generator was at work: near 1 means that it, and not the server, may be the limit. */
  readonly generatorBusy: number;
  readonly cpu: CpuUse | null;
}

/** How often a paced loop looks what is due, in milliseconds. */
const paceStepMs = 1;

/**
 * Sends calls for the warm-up and the measured time. All answers must be 200. Without a pace every connection is kept busy, and latency
 * is from writing the request to the last byte of its answer. With one, latency is from the moment when the call was due: a call that
 * finds no free connection waits, and that counts.
 */
export async function runLoad(options: LoopOptions): Promise<LoopResult> {
  const loop = new LoadLoop(options);
  try {
    await loop.open();
    loop.start();
    await loop.during(options.warmUpMs);
    loop.beginMeasuring();
    await loop.during(options.measureMs);
    return loop.endMeasuring();
  } finally {
    loop.close();
  }
}

class LoadLoop {
  readonly #options: LoopOptions;
  readonly #connections: Connection[] = [];
  readonly #sentAt: Float64Array;
  readonly #latenciesUs = new Histogram();
  readonly #failed = Promise.withResolvers<never>();
  readonly #meter: CpuMeter;
  /** Connections that wait for a call, and moments of calls that wait for a connection: with a pace only. */
  readonly #free: number[] = [];
  readonly #due: number[] = [];
  #paceTimer: NodeJS.Timeout | undefined;
  #measuring = false;
  #startedAt = 0;
  #answerBytes = 0;
  #idleBefore = performance.eventLoopUtilization();

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#sentAt = new Float64Array(options.connections);
    this.#meter = new CpuMeter(options.pid);
    this.#failed.promise.catch(() => undefined);
  }

  async open(): Promise<void> {
    for (let i = 0; i < this.#options.connections; i++) {
      const connection = await Connection.open(this.#options.port, (answered) => this.#answered(i, answered), this.#failed.reject);
      this.#connections.push(connection);
    }
  }

  start(): void {
    const { pace } = this.#options;
    if (pace === null) {
      for (let i = 0; i < this.#connections.length; i++) this.#send(i, performance.now());
      return;
    }
    this.#free.push(...this.#connections.keys());
    const stepMs = 1000 / pace;
    let dueMs = performance.now();
    this.#paceTimer = setInterval(() => {
      for (const nowMs = performance.now(); dueMs <= nowMs; dueMs += stepMs) this.#due.push(dueMs);
      this.#sendDue();
    }, paceStepMs);
  }

  /** Waits; rejects at once where a call fails. */
  during(ms: number): Promise<void> {
    return Promise.race([new Promise<void>((resolve) => setTimeout(resolve, ms)), this.#failed.promise]);
  }

  beginMeasuring(): void {
    this.#measuring = true;
    this.#idleBefore = performance.eventLoopUtilization();
    this.#meter.begin();
    this.#startedAt = performance.now();
  }

  endMeasuring(): LoopResult {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.#measuring = false;
    const latencies = this.#latenciesUs;
    return {
      calls: latencies.count,
      seconds,
      answerBytes: this.#answerBytes,
      p50Us: latencies.percentile(0.5),
      p99Us: latencies.percentile(0.99),
      largestUs: latencies.largest,
      generatorBusy: performance.eventLoopUtilization(this.#idleBefore).utilization,
      cpu: this.#meter.end(),
    };
  }

  close(): void {
    clearInterval(this.#paceTimer);
    for (const connection of this.#connections) connection.close();
  }

  #send(at: number, sinceMs: number): void {
    this.#sentAt[at] = sinceMs;
    this.#connections[at]?.send(this.#options.next());
  }

  #sendDue(): void {
    while (this.#due.length > 0) {
      const at = this.#free.pop();
      if (at === undefined) return;
      this.#send(at, this.#due.shift() ?? performance.now());
    }
  }

  #answered(at: number, answered: Answered): void {
    if (answered.status !== 200) throw new Error(`a call was not answered with 200: ${answered.beginning}`);
    if (this.#measuring) {
      this.#latenciesUs.record((performance.now() - (this.#sentAt[at] ?? 0)) * 1000);
      this.#answerBytes += answered.bodyBytes;
    }
    if (this.#options.pace === null) {
      this.#send(at, performance.now());
      return;
    }
    this.#free.push(at);
    this.#sendDue();
  }
}
