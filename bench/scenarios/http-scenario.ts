import { startBareServer, startTrivialServer } from '../contenders/byte-servers.ts';
import type { Contender, SampleAnswer } from '../contenders/contender.ts';
import { startDatabaseRoutes } from '../contenders/database-routes.ts';
import { ownCheckout, type FoyerServer } from '../contenders/foyer-server.ts';
import type { LoopResult } from '../load/load-loop.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { RequestPlan } from '../load/requests.ts';
import { type NetworkPeer, networkPeers } from '../peers/peers.ts';
import { p99Below, ratioAtLeast, type Target, wantedAtLeast } from '../report/target.ts';
import { median, pairedRatio, spreadOf } from '../statistics/median.ts';
import { disturbances } from './disturbances.ts';
import { instantBody, instantSample } from './instant-sample.ts';
import { startLoadedFoyer } from './loaded-foyer.ts';
import { lookupSample } from './lookup-sample.ts';
import { checkSameProfiles } from './same-profiles.ts';
import { visitSample } from './visit-sample.ts';
import type { BenchSettings, Row, Scenario, ScenarioResult } from './scenario.ts';

export interface HttpTargets {
  /** Foyer's rate over that of bare node:http, of the route over Redis, over PostgreSQL. */
  readonly bare: number;
  readonly redis?: number;
  readonly postgres?: number;
  /** Foyer's own, below this. */
  readonly p99Us?: number;
  readonly membershipsPerSecond?: number;
}

export interface HttpScenarioOptions {
  readonly name: string;
  readonly summary: string;
  readonly connections: number;
  readonly plan: RequestPlan;
  /** Different requests that are prepared and sent round and round. */
  readonly prepared: number;
  readonly targets: HttpTargets;
}

/** Long enough for the compiler, at some hundred large calls a second; shorter where runs are. */
const firstWarmUpOf = ({ seconds }: BenchSettings): number => Math.min(3000, seconds * 1500);
export const warmUpMs = 300;

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

export interface Measured {
  readonly contender: Contender;
  /** Which target its ratio is held against; null: none. */
  readonly kind: 'bare' | NetworkPeer | null;
  readonly runs: LoopResult[];
}

class HttpComparison {
  readonly #options: HttpScenarioOptions;
  readonly #settings: BenchSettings;
  readonly #running: AsyncDisposableStack;
  readonly #measured: Measured[] = [];

  constructor(options: HttpScenarioOptions, settings: BenchSettings, running: AsyncDisposableStack) {
    this.#options = options;
    this.#settings = settings;
    this.#running = running;
  }

  async run(): Promise<ScenarioResult> {
    const { name, plan } = this.#options;
    const { against } = this.#settings;
    const generator = this.#keep(LoadGenerator.start());
    const { foyer, note } = await this.#startFoyer(generator, 'Foyer', ownCheckout);
    const lookup = await lookupSample(foyer);
    const instant = plan.kind === 'instant' ? await instantSample(foyer, plan.usersPerCall, plan.segmentsPerUser) : null;
    const answer = instant ?? (plan.kind === 'visit' ? await visitSample(foyer, plan.route) : lookup);
    this.#enter(this.#keep(await startBareServer(answer, foyer.requests)), 'bare');
    if (plan.kind !== 'visit')
      for (const peer of Object.keys(networkPeers) as NetworkPeer[]) await this.#startPeer(peer, foyer, instant, lookup);
    if (against !== null) this.#enter((await this.#startFoyer(generator, 'Foyer, other checkout', against)).foyer, null);
    const limit = await this.#generatorLimit(generator, answer, foyer.requests);
    await this.#compare(generator);
    const reached = Math.round(limit.calls / limit.seconds);
    return {
      scenario: name,
      rows: rowsOf(this.#options, this.#measured),
      notes: [
        `${name}: ${note}, answers of ${answer.body.length}; the generator alone reaches ${reached} calls/s against a server without work`,
        ...disturbances(name, this.#measured),
      ],
      runs: this.#measured.flatMap(({ contender, runs }) => runs.map((run) => ({ contender: contender.name, ...run }))),
    };
  }

  /** A server with the whole audience in it, and requests prepared for it under its name. */
  async #startFoyer(
    generator: LoadGenerator,
    label: string,
    checkout: string,
  ): Promise<{ readonly foyer: FoyerServer; readonly note: string }> {
    const { name, plan, prepared: count } = this.#options;
    const { users } = this.#settings;
    const foyer = this.#keep(await startLoadedFoyer(this.#settings, { name, label, checkout }));
    if (checkout === ownCheckout) this.#enter(foyer, null);
    const made = await generator.prepare({ name: foyer.requests, plan, count, users, token: foyer.token, seed: 7 });
    return { foyer, note: `requests of ${Math.round(made.bytes / made.requests)} bytes (${made.requests} different)` };
  }

  /** The route over a database that holds the same audience, held against Foyer's profiles before it is measured. */
  async #startPeer(peer: NetworkPeer, foyer: FoyerServer, instant: SampleAnswer | null, lookup: SampleAnswer): Promise<void> {
    const { peers, users } = this.#settings;
    const { plan } = this.#options;
    const server = await peers.loaded(peer, users);
    if (!server) return;
    const contender = this.#keep(await startDatabaseRoutes(peer, { port: server.port, instant, lookup }, foyer.requests));
    if (plan.kind === 'instant') {
      peers.changed(peer);
      const body = instantBody(plan.usersPerCall, plan.segmentsPerUser);
      const response = await fetch(`http://127.0.0.1:${contender.port}/rt-segment`, { method: 'POST', body });
      if (response.status !== 200) throw new Error(`${contender.name} does not take the load: ${await response.text()}`);
    }
    await checkSameProfiles(foyer, contender.name, contender.port);
    this.#enter(contender, peer);
  }

  /** Warm-up, then A B A B …, so that all see the same moods of the machine. */
  async #compare(generator: LoadGenerator): Promise<void> {
    const { name } = this.#options;
    const { runs, say, seconds } = this.#settings;
    say(`${name}: warming up`);
    for (const { contender } of this.#measured) await this.#runOnce(generator, contender, firstWarmUpOf(this.#settings), 1);
    for (let run = 1; run <= runs; run++) {
      for (const entry of this.#measured) entry.runs.push(await this.#runOnce(generator, entry.contender, warmUpMs, seconds * 1000));
      const rates = this.#measured.map((entry) => `${entry.contender.name} ${Math.round(rateOf(entry.runs.at(-1)))}`);
      say(`${name}: run ${run} of ${runs}: ${rates.join(', ')} calls/s`);
    }
  }

  async #generatorLimit(generator: LoadGenerator, answer: SampleAnswer, requests: string): Promise<LoopResult> {
    const trivial = await startTrivialServer(answer, requests);
    try {
      await this.#runOnce(generator, trivial, warmUpMs, 500);
      return await this.#runOnce(generator, trivial, warmUpMs, this.#settings.seconds * 1000);
    } finally {
      await trivial.stop();
    }
  }

  #runOnce(generator: LoadGenerator, { port, pid, requests }: Contender, warmUp: number, measureMs: number): Promise<LoopResult> {
    return generator.run({ port, pid, requests, connections: this.#options.connections, pace: null, warmUpMs: warmUp, measureMs });
  }

  #enter(contender: Contender, kind: Measured['kind']): void {
    this.#measured.push({ contender, kind, runs: [] });
  }

  #keep<Running extends { stop(): Promise<void> }>(running: Running): Running {
    this.#running.defer(() => running.stop());
    return running;
  }
}

export const rateOf = (run: LoopResult | undefined): number => (run ? run.calls / run.seconds : Number.NaN);
/** NaN where the system does not tell. */
export const cpuUsOf = (run: LoopResult): number => (run.cpu && run.calls > 0 ? (run.cpu.server / run.calls) * 1e6 : Number.NaN);

function rowsOf({ name, plan, targets }: HttpScenarioOptions, measured: readonly Measured[]): Row[] {
  const ours = measured[0]?.runs ?? [];
  const membershipsPerCall = plan.kind === 'instant' ? plan.usersPerCall * plan.segmentsPerUser : null;
  return measured.map(({ contender, kind, runs }, at) => {
    const rates = runs.map(rateOf);
    const perSecond = spreadOf(rates);
    const cpuUs = median(runs.map(cpuUsOf));
    // The database is a process of its own: what it takes is not in its route's.
    const cpuKnown = Number.isFinite(cpuUs) && (kind === null || kind === 'bare');
    const ratio = at === 0 ? null : pairedRatio(ours.map(rateOf), rates);
    const p99Us = median(runs.map((run) => run.p99Us));
    const membershipsPerSecond = membershipsPerCall === null ? null : perSecond.median * membershipsPerCall;
    const least = kind === null ? undefined : targets[kind];
    return {
      scenario: name,
      contender: contender.name,
      figure: { ...perSecond, unit: 'calls/s' },
      membershipsPerSecond,
      p50Us: median(runs.map((run) => run.p50Us)),
      p99Us,
      ratio,
      cpuUsPerCall: cpuKnown ? cpuUs : null,
      cpuRatio: at === 0 || !cpuKnown ? null : pairedRatio(runs.map(cpuUsOf), ours.map(cpuUsOf)),
      targets:
        at === 0
          ? ownTargets(targets, p99Us, membershipsPerSecond)
          : least === undefined || !ratio
            ? []
            : [ratioAtLeast(least, ratio.median)],
    };
  });
}

function ownTargets(
  { p99Us: limitUs, membershipsPerSecond: wanted }: HttpTargets,
  p99Us: number,
  membershipsPerSecond: number | null,
): Target[] {
  return [
    ...(limitUs === undefined ? [] : [p99Below(limitUs, p99Us)]),
    ...(wanted === undefined ? [] : [wantedAtLeast(wanted, 'memberships/s', membershipsPerSecond ?? 0)]),
  ];
}
