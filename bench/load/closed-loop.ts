import type { Buffer } from 'node:buffer';
import { Histogram } from '../statistics/histogram.ts';
import type { Answered } from './answer-reader.ts';
import { Connection } from './connection.ts';
import { type LoginPlan, LoginStream } from './login-stream.ts';
import { CpuMeter, type CpuUse } from './cpu-meter.ts';

export interface LoopOptions {
  readonly port: number;
  readonly connections: number;
  /** The next request; called once for each. */
  readonly next: () => Buffer;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Process of the server, whose processor time is counted. */
  readonly pid: number;
  /** Logins that arrive meanwhile; null: none. */
  readonly logins: LoginPlan | null;
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
  /** Logins beside them that were answered with 200. */
  readonly logins: number;
}

/**
 * Keeps every connection busy with one call after the other for the warm-up and the measured time. All answers must be 200.
 * Latency is from writing the request to the last byte of its answer.
 */
export async function runClosedLoop(options: LoopOptions): Promise<LoopResult> {
  const loop = new ClosedLoop(options);
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

class ClosedLoop {
  readonly #options: LoopOptions;
  readonly #connections: Connection[] = [];
  readonly #sentAt: Float64Array;
  readonly #latenciesUs = new Histogram();
  readonly #failed = Promise.withResolvers<never>();
  readonly #meter: CpuMeter;
  #logins: LoginStream | undefined;
  #loginsBefore = 0;
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
    const { port, logins } = this.#options;
    if (logins) this.#logins = await LoginStream.start(port, logins, this.#failed.reject);
  }

  start(): void {
    for (let i = 0; i < this.#connections.length; i++) this.#send(i);
  }

  /** Waits; rejects at once where a call fails. */
  during(ms: number): Promise<void> {
    return Promise.race([new Promise<void>((resolve) => setTimeout(resolve, ms)), this.#failed.promise]);
  }

  beginMeasuring(): void {
    this.#loginsBefore = this.#logins?.answeredCount ?? 0;
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
      logins: (this.#logins?.answeredCount ?? 0) - this.#loginsBefore,
    };
  }

  close(): void {
    this.#logins?.stop();
    for (const connection of this.#connections) connection.close();
  }

  #send(at: number): void {
    this.#sentAt[at] = performance.now();
    this.#connections[at]?.send(this.#options.next());
  }

  #answered(at: number, answered: Answered): void {
    if (answered.status !== 200) throw new Error(`a call was not answered with 200: ${answered.beginning}`);
    if (this.#measuring) {
      this.#latenciesUs.record((performance.now() - (this.#sentAt[at] ?? 0)) * 1000);
      this.#answerBytes += answered.bodyBytes;
    }
    this.#send(at);
  }
}
