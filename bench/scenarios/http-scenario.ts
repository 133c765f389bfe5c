import { join } from 'node:path';
import { startBareServer, startTrivialServer } from '../contenders/byte-servers.ts';
import type { Contender, SampleAnswer } from '../contenders/contender.ts';
import { account } from '../contenders/foyer-catalog.ts';
import { ownCheckout, startFoyer, type FoyerServer } from '../contenders/foyer-server.ts';
import type { LoopResult } from '../load/closed-loop.ts';
import type { LoginPlan } from '../load/login-stream.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { RequestPlan } from '../load/requests.ts';
import { median, pairedRatio, spreadOf } from '../statistics/median.ts';
import type { BenchSettings, Row, Scenario, ScenarioResult } from './scenario.ts';

export interface HttpScenarioOptions {
  readonly name: string;
  readonly summary: string;
  readonly connections: number;
  readonly plan: RequestPlan;
  /** Different requests that are prepared and sent round and round. */
  readonly prepared: number;
  /** Memberships that a call writes; null: it reads. */
  readonly membershipsPerCall: number | null;
  /** Fetches one answer as Foyer gives it, checked for what it should hold. */
  readonly sample: (foyer: FoyerServer) => Promise<SampleAnswer>;
  /** Beside it stands the same server while so many logins a second arrive, instead of other servers. */
  readonly loginsPerSecond?: number;
}

/** Memberships that every user has before the first run. */
export const loadedSegmentsPerUser = 10;
const firstWarmUpMs = 2000;
const warmUpMs = 300;

/** A scenario over HTTP: Foyer beside servers that answer the same bytes, one run after the other in turns. */
export function httpScenario(options: HttpScenarioOptions): Scenario {
  return {
    name: options.name,
    summary: options.summary,
    async run(settings) {
      const running = new AsyncDisposableStack();
      try {
        return await new HttpComparison(options, settings, running).run();
      } finally {
        await running.disposeAsync();
      }
    },
  };
}

interface Measured {
  readonly contender: Contender;
  readonly logins: LoginPlan | null;
  readonly runs: LoopResult[];
}

class HttpComparison {
  readonly #options: HttpScenarioOptions;
  readonly #settings: BenchSettings;
  readonly #running: AsyncDisposableStack;

  constructor(options: HttpScenarioOptions, settings: BenchSettings, running: AsyncDisposableStack) {
    this.#options = options;
    this.#settings = settings;
    this.#running = running;
  }

  async run(): Promise<ScenarioResult> {
    const { name, sample, loginsPerSecond } = this.#options;
    const { against } = this.#settings;
    const generator = this.#keep(LoadGenerator.start());
    const { foyer, note } = await this.#startFoyer(generator, 'Foyer', ownCheckout);
    const others = against === null ? [] : [(await this.#startFoyer(generator, 'Foyer, other checkout', against)).foyer];
    const answer = await sample(foyer);
    const limit = await this.#generatorLimit(generator, answer, foyer.requests);
    const measured =
      loginsPerSecond === undefined
        ? await this.#compare(generator, [foyer, this.#keep(await startBareServer(answer, foyer.requests)), ...others].map(undisturbed))
        : await this.#compare(
            generator,
            [foyer, ...others].flatMap((server) => [disturbed(server, loginsPerSecond), undisturbed(server)]),
          );
    const reached = Math.round(limit.calls / limit.seconds);
    return {
      scenario: name,
      rows: rowsOf(this.#options, measured),
      notes: [
        `${name}: ${note}, answers of ${answer.body.length}; the generator alone reaches ${reached} calls/s against a server without work`,
        ...(loginsPerSecond === undefined ? [] : loginNotes(name, measured)),
        ...disturbances(name, measured),
      ],
      runs: measured.flatMap(({ contender, runs }) => runs.map((run) => ({ contender: contender.name, ...run }))),
    };
  }

  /** A server with the whole audience in it, and requests prepared for it under its name. */
  async #startFoyer(
    generator: LoadGenerator,
    label: string,
    checkout: string,
  ): Promise<{ readonly foyer: FoyerServer; readonly note: string }> {
    const { name, plan, prepared: count } = this.#options;
    const { users, folder, profileFolder, say } = this.#settings;
    say(`${name}: starting ${label}`);
    const own = checkout === ownCheckout;
    const folderName = own ? name : `${name}-other`;
    const options = { name: label, checkout, folder: join(folder, folderName), profileFolder: own ? profileFolder : null };
    const foyer = this.#keep(await startFoyer(options));
    say(`${name}: loading ${users} users x ${loadedSegmentsPerUser} segments through POST /rt-segment`);
    const began = performance.now();
    await generator.load(foyer.port, users, loadedSegmentsPerUser, foyer.token);
    say(`${name}: loaded in ${((performance.now() - began) / 1000).toFixed(1)} s; preparing ${count} requests`);
    const made = await generator.prepare({ name: foyer.requests, plan, count, users, token: foyer.token, seed: 7 });
    return { foyer, note: `requests of ${Math.round(made.bytes / made.requests)} bytes (${made.requests} different)` };
  }

  /** Warm-up, then A B A B …, so that all see the same moods of the machine. */
  async #compare(generator: LoadGenerator, measured: readonly Measured[]): Promise<readonly Measured[]> {
    const { name } = this.#options;
    const { runs, say } = this.#settings;
    for (const entry of measured) await this.#runOnce(generator, entry, firstWarmUpMs, 1);
    for (let run = 1; run <= runs; run++) {
      for (const entry of measured) entry.runs.push(await this.#runOnce(generator, entry, warmUpMs, this.#settings.seconds * 1000));
      const rates = measured.map((entry) => `${entry.contender.name} ${Math.round(rateOf(entry.runs.at(-1)))}`);
      say(`${name}: run ${run} of ${runs}: ${rates.join(', ')} calls/s`);
    }
    return measured;
  }

  async #generatorLimit(generator: LoadGenerator, answer: SampleAnswer, requests: string): Promise<LoopResult> {
    const trivial = await startTrivialServer(answer, requests);
    const entry = undisturbed(trivial);
    try {
      await this.#runOnce(generator, entry, warmUpMs, 500);
      return await this.#runOnce(generator, entry, warmUpMs, this.#settings.seconds * 1000);
    } finally {
      await trivial.stop();
    }
  }

  #runOnce(generator: LoadGenerator, { contender, logins }: Measured, warmUp: number, measureMs: number): Promise<LoopResult> {
    const { port, pid, requests } = contender;
    return generator.run({ port, pid, requests, connections: this.#options.connections, warmUpMs: warmUp, measureMs, logins });
  }

  #keep<Running extends { stop(): Promise<void> }>(running: Running): Running {
    this.#running.defer(() => running.stop());
    return running;
  }
}

const undisturbed = (contender: Contender): Measured => ({ contender, logins: null, runs: [] });

const disturbed = (contender: Contender, perSecond: number): Measured => ({
  contender: { ...contender, name: `${contender.name}, ${perSecond} logins/s` },
  logins: { perSecond, ...account },
  runs: [],
});

/** Each server with logins stands before the same server without them. */
function loginNotes(name: string, measured: readonly Measured[]): string[] {
  return measured.flatMap(({ contender, logins, runs }, at) => {
    const without = measured[at + 1];
    if (!logins || !without) return [];
    const p99s = (of: readonly LoopResult[]): number[] => of.map((run) => run.p99Us);
    const { least, median: middle, most } = pairedRatio(p99s(runs), p99s(without.runs));
    const answered = median(runs.map((run) => run.logins / run.seconds)).toFixed(1);
    const p99 = `${middle.toFixed(2)}x (${least.toFixed(2)}x–${most.toFixed(2)}x) of that without`;
    return [`${name}: p99 of ${contender.name} is ${p99}; ${answered} of the logins a second were answered, the rest turned away`];
  });
}

const rateOf = (run: LoopResult | undefined): number => (run ? run.calls / run.seconds : Number.NaN);
/** NaN where the system does not tell. */
const cpuUsOf = (run: LoopResult): number => (run.cpu && run.calls > 0 ? (run.cpu.server / run.calls) * 1e6 : Number.NaN);

function rowsOf({ name, membershipsPerCall }: HttpScenarioOptions, measured: readonly Measured[]): Row[] {
  const ours = measured[0]?.runs ?? [];
  return measured.map(({ contender, runs }, at) => {
    const rates = runs.map(rateOf);
    const perSecond = spreadOf(rates);
    const cpuUs = median(runs.map(cpuUsOf));
    const cpuKnown = Number.isFinite(cpuUs);
    return {
      scenario: name,
      contender: contender.name,
      unit: 'calls',
      perSecond,
      membershipsPerSecond: membershipsPerCall === null ? null : perSecond.median * membershipsPerCall,
      p50Us: median(runs.map((run) => run.p50Us)),
      p99Us: median(runs.map((run) => run.p99Us)),
      ratio: at === 0 ? null : pairedRatio(ours.map(rateOf), rates),
      cpuUsPerCall: cpuKnown ? cpuUs : null,
      cpuRatio: at === 0 || !cpuKnown ? null : pairedRatio(runs.map(cpuUsOf), ours.map(cpuUsOf)),
    };
  });
}

/** Above this share the rates of a run are the other programs' as much as the server's. */
const quietShare = 0.1;

/** What a reader must know to judge the figures: was the generator the limit, was the machine quiet? */
function disturbances(name: string, measured: readonly Measured[]): string[] {
  const busy = measured.map(({ contender, runs }) => `${percent(median(runs.map((run) => run.generatorBusy)))} against ${contender.name}`);
  const notes = [`${name}: the generator was busy ${busy.join(', ')}`];
  const others = measured.flatMap(({ runs }) => runs.flatMap((run) => (run.cpu ? [run.cpu.others / run.cpu.available] : [])));
  if (others.length > 0 && median(others) > quietShare) {
    const most = percent(Math.max(...others));
    notes.push(
      `${name}: NOT QUIET: other programs took ${percent(median(others))} of the machine (up to ${most}); the column by CPU holds, the others do not`,
    );
  }
  return notes;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
