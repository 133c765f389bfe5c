import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type BatchRun, loadBatchFile, setUpBatches } from '../contenders/batch-upload.ts';
import { type FoyerServer, ownCheckout, startFoyer } from '../contenders/foyer-server.ts';
import { loadedMinutes, writeLoadFile, writeRowsFile } from '../data/load-file.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { LoopResult } from '../load/load-loop.ts';
import { type PeerLoad, PostgresLoad } from '../peers/postgres-load.ts';
import { RedisLoad } from '../peers/redis-load.ts';
import { p99Below, ratioAtLeast, type Target, wantedAtLeast } from '../report/target.ts';
import { median, pairedRatio, spreadOf } from '../statistics/median.ts';
import { warmUpMs } from './http-scenario.ts';
import { loadRow } from './load-row.ts';
import { plainRow, type BenchSettings, type Row, type Scenario, type ScenarioResult } from './scenario.ts';

const name = 'batch-load';
/** A run of all contenders takes minutes. */
const mostRuns = 3;
const linesPerUser = 2;
const wantedPerSecond = 6_000_000;
const targets = { postgres: 35, redis: 10, gunzip: 0.6, undo: 0.7, p99Us: 50_000 } as const;
/** Instant calls beside a load: so many a second, of one user and two segments each. */
const instantPace = 200;
const instantConnections = 16;

/** Into an empty store, and the same file once more. */
const passes = ['first load', 'refresh'] as const;
type Pass = (typeof passes)[number];

interface Load extends PeerLoad {
  /** Without the upload; the same where nothing is uploaded. */
  readonly afterUpload: number;
}

/** By who and pass: the runs, in order. */
class Found {
  readonly #loads = new Map<string, Load[]>();

  add(who: string, load: PeerLoad & Partial<Load>): void {
    this.#loads.set(who, [...this.of(who), { afterUpload: load.seconds, ...load }]);
  }
  of(who: string): readonly Load[] {
    return this.#loads.get(who) ?? [];
  }
  get all(): object[] {
    return [...this.#loads].flatMap(([contender, loads]) => loads.map((load) => ({ contender, ...load })));
  }
}

/** One text file of memberships from its upload to durable, visible memberships, and what databases need for the same. */
export const batchLoad: Scenario = {
  name,
  summary: 'a text file of 10M memberships: uploaded and loaded; beside COPY and a merge in PostgreSQL, a loader over Redis',
  async run(settings) {
    const lines = settings.users * linesPerUser;
    const files = filesIn(settings.folder);
    settings.say(`${name}: writing files of ${lines} lines`);
    const memberships = writeLoadFile(files.text, lines);
    try {
      await pipeline(createReadStream(files.text), createGzip(), createWriteStream(files.gzip));
      const found = new Found();
      const postgres = await settings.peers.server('postgres');
      if (postgres !== null) writeRowsFile(files.rows, lines);
      const redis = await settings.peers.server('redis');
      const runs = Math.min(settings.runs, mostRuns);
      for (let run = 1; run <= runs; run++) {
        settings.say(`${name}: run ${run} of ${runs}`);
        await loadFoyer(settings, files, memberships, found);
        found.add('gunzip alone', await gunzip(files.gzip));
        if (postgres !== null) await loadPostgres(postgres.port, files.rows, settings.atS, memberships, found);
        if (redis !== null) await loadRedis(redis.port, files.text, settings.atS, lines, found);
      }
      return resultOf(found, memberships, await instantsDuring(settings, files.text));
    } finally {
      for (const path of Object.values(files)) rmSync(path, { force: true });
    }
  },
};

const filesIn = (folder: string) => ({
  text: join(folder, `${name}.txt`),
  gzip: join(folder, `${name}.txt.gz`),
  rows: join(folder, `${name}.rows`),
});

/** A server with an empty store. */
async function withFoyer<T>(
  { folder, profileFolder }: BenchSettings,
  undoDays: number,
  work: (foyer: FoyerServer) => Promise<T>,
): Promise<T> {
  const serverFolder = join(folder, name);
  const profiles = profileFolder === null ? null : join(profileFolder, name);
  const foyer = await startFoyer('Foyer', { checkout: ownCheckout, folder: serverFolder, profileFolder: profiles });
  try {
    await setUpBatches(foyer, undoDays);
    return await work(foyer);
  } finally {
    await foyer.stop();
    rmSync(serverFolder, { recursive: true, force: true });
  }
}

async function loadFoyer(settings: BenchSettings, files: ReturnType<typeof filesIn>, memberships: number, found: Found): Promise<void> {
  const load = async (foyer: FoyerServer, who: string, path: string): Promise<void> => {
    const run = await loadBatchFile(foyer, path);
    if (run.valid !== memberships) throw new Error(`${who}: ${run.valid} of ${memberships} memberships were taken`);
    found.add(who, loadOf(run));
    settings.say(`${name}: ${who}: ${Math.round(memberships / run.loadSeconds)} memberships/s after the upload`);
  };
  await withFoyer(settings, 0, async (foyer) => {
    for (const pass of passes) await load(foyer, `Foyer, ${pass}`, files.text);
    await load(foyer, 'Foyer, refresh, gzip', files.gzip);
  });
  await withFoyer(settings, 3, async (foyer) => {
    for (const pass of passes) await load(foyer, `Foyer with undo, ${pass}`, files.text);
  });
}

const loadOf = ({ uploadSeconds, loadSeconds, cpu }: BatchRun): Load => ({
  seconds: uploadSeconds + loadSeconds,
  afterUpload: loadSeconds,
  cpu,
});

/** What unpacking alone takes: the program that reads the file may not do less. */
async function gunzip(path: string): Promise<PeerLoad> {
  const before = process.cpuUsage();
  const began = performance.now();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), createGunzip({ chunkSize: 1 << 18 }), nowhere);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
}

async function loadPostgres(port: number, rows: string, atS: number, memberships: number, found: Found): Promise<void> {
  const postgres = await PostgresLoad.connect(port);
  try {
    await postgres.clear();
    for (const pass of passes) found.add(`PostgreSQL, ${pass}`, await postgres.load(rows, atS, loadedMinutes));
    const count = await postgres.count();
    if (count !== memberships) throw new Error(`PostgreSQL holds ${count} of ${memberships} memberships`);
  } finally {
    await postgres.close();
  }
}

async function loadRedis(port: number, path: string, atS: number, lines: number, found: Found): Promise<void> {
  const loader = new RedisLoad(port);
  try {
    for (const pass of passes) {
      const { load, users } = await loader.load({ path, clear: pass === 'first load', atS });
      if (users !== lines) throw new Error(`the Redis loader took ${users} of ${lines} lines`);
      found.add(`Redis loader, ${pass}`, load);
    }
  } finally {
    await loader.stop();
  }
}

/** Small calls that arrive evenly while files are loaded one after the other. */
async function instantsDuring(settings: BenchSettings, path: string): Promise<readonly LoopResult[]> {
  return withFoyer(settings, 0, async (foyer) => {
    const generator = LoadGenerator.start();
    try {
      const plan = { kind: 'instant', usersPerCall: 1, segmentsPerUser: 2 } as const;
      await generator.prepare({ name, plan, count: 10_000, users: settings.users, token: foyer.token, seed: 9 });
      await loadBatchFile(foyer, path);
      const measureMs = Math.max(settings.seconds * 1000 * 3, 3000);
      const to = { port: foyer.port, pid: foyer.pid, requests: name, connections: instantConnections, pace: instantPace };
      const results: LoopResult[] = [];
      for (let run = 1; run <= settings.runs; run++) {
        const measured = new AbortController();
        const loading = loadUntil(measured.signal, foyer, path);
        results.push(await generator.run({ ...to, warmUpMs, measureMs }).finally(() => measured.abort()));
        await loading;
      }
      return results;
    } finally {
      await generator.stop();
    }
  });
}

async function loadUntil(signal: AbortSignal, foyer: FoyerServer, path: string): Promise<void> {
  while (!signal.aborted) await loadBatchFile(foyer, path);
}

function resultOf(found: Found, memberships: number, instants: readonly LoopResult[]): ScenarioResult {
  const rates = (who: string): number[] => found.of(who).map(({ seconds }) => memberships / seconds);
  const cpuOf = (who: string): number[] => found.of(who).map(({ cpu }) => cpu ?? Number.NaN);
  const row = (who: string, held: readonly Target[] = []): Row => ({
    ...plainRow(name, who, { ...spreadOf(rates(who)), unit: 'memberships/s' }, held),
    cpuUsPerCall: finite((median(cpuOf(who)) / memberships) * 1e6),
  });
  /** `ours` over `who`, by time and by processor time. */
  const beside = (who: string, ours: string, least: number): Row[] => {
    if (found.of(who).length === 0) return [];
    const ratio = pairedRatio(rates(ours), rates(who));
    const cpuRatio = pairedRatio(cpuOf(who), cpuOf(ours));
    const held = [ratioAtLeast(least, ratio.median)];
    return [{ ...row(who, held), ratio, cpuRatio: Number.isFinite(cpuRatio.median) ? cpuRatio : null }];
  };
  const rows = passes.flatMap((pass: Pass) => {
    const ours = `Foyer, ${pass}`;
    const undo = pairedRatio(rates(`Foyer with undo, ${pass}`), rates(ours));
    return [
      row(ours, [wantedAtLeast(wantedPerSecond, 'memberships/s', median(rates(ours)))]),
      afterUploadRow(ours, found, memberships),
      { ...row(`Foyer with undo, ${pass}`, [ratioAtLeast(targets.undo, undo.median)]), ratio: undo },
      ...beside(`PostgreSQL, ${pass}`, ours, targets.postgres),
      ...beside(`Redis loader, ${pass}`, ours, targets.redis),
    ];
  });
  const gzip = 'Foyer, refresh, gzip';
  const ofPlain = pairedRatio(rates(gzip), rates('Foyer, refresh'));
  const p99Us = median(instants.map((run) => run.p99Us));
  const during = { scenario: name, contender: 'instant calls during loads', membershipsPerCall: 2, cpuKnown: false };
  return {
    scenario: name,
    rows: [
      ...rows,
      { ...row(gzip), ratio: ofPlain },
      ...beside('gunzip alone', gzip, targets.gunzip),
      loadRow({ ...during, targets: [p99Below(targets.p99Us, p99Us)] }, instants),
    ],
    notes: [
      `${name}: ${memberships.toLocaleString('en-US')} memberships of ${segmentsNote}; rates are from the first byte sent to 'completed', those 'after the upload' from its answer`,
      `${name}: on Foyer's lines with undo and gzip 'Foyer is' is what they are of the same load without`,
      `${name}: PostgreSQL: rows that are parsed already, COPY into an unlogged table, one INSERT … ON CONFLICT in order of the key; its processor time is the backend's alone`,
      `${name}: Redis: reads and parses the file, pipelines of 1,000 users read, merged and written, four under way; everysec`,
      `${name}: instant calls: ${instantPace} a second, latency from when a call was due`,
    ],
    runs: [...found.all, ...instants.map((run) => ({ contender: 'instant calls during loads', ...run }))],
  };
}

const segmentsNote = 'users with 5 of 200 segments each';

function afterUploadRow(who: string, found: Found, memberships: number): Row {
  const rates = found.of(who).map(({ afterUpload }) => memberships / afterUpload);
  return plainRow(name, `${who}, after the upload`, { ...spreadOf(rates), unit: 'memberships/s' });
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
