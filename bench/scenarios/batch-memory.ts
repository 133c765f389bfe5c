import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadBatchFile, setUpBatches } from '../contenders/batch-upload.ts';
import { type FoyerServer, ownCheckout, startFoyer } from '../contenders/foyer-server.ts';
import { writeLargeFile } from '../data/large-file.ts';
import { memoryOf, type ProcessMemory } from '../load/process-memory.ts';
import { atMost } from '../report/target.ts';
import { spreadOf } from '../statistics/median.ts';
import { plainRow, type BenchSettings, type Scenario, type ScenarioResult } from './scenario.ts';

const name = 'batch-memory';
/** 100M lines with the large audience of 10M users. */
const linesPerUser = 10;
const mostMegabytes = 400;
const lookEveryMs = 200;

/** What a server holds above its engine while it scans and loads the largest file: repeats of lines are found meanwhile. */
export const batchMemory: Scenario = {
  name,
  summary: 'with --full: memory above the engine while the largest gzip is scanned and loaded, one pair a line',
  async run(settings) {
    const { folder, largeUsers, say } = settings;
    if (largeUsers === null) return { scenario: name, rows: [], notes: [`${name}: measured with --full`], runs: [] };
    const path = join(folder, `${name}.gz`);
    const lines = largeUsers * linesPerUser;
    say(`${name}: writing ${lines} lines`);
    const { bytes, repeats } = await writeLargeFile(path, lines);
    const serverFolder = join(folder, name);
    const foyer = await startFoyer('Foyer', { checkout: ownCheckout, folder: serverFolder, profileFolder: null });
    try {
      await setUpBatches(foyer, 0);
      return await measure(settings, foyer, { path, lines, bytes, repeats });
    } finally {
      await foyer.stop();
      rmSync(serverFolder, { recursive: true, force: true });
      rmSync(path, { force: true });
    }
  },
};

interface Sent {
  readonly path: string;
  readonly lines: number;
  readonly bytes: number;
  readonly repeats: number;
}

async function measure({ say }: BenchSettings, foyer: FoyerServer, file: Sent): Promise<ScenarioResult> {
  const atRest = await look(foyer);
  const looks: Look[] = [];
  const loaded = new AbortController();
  const watching = (async () => {
    for (; !loaded.signal.aborted; await sleep(lookEveryMs)) looks.push(await look(foyer));
  })();
  const run = await loadBatchFile(foyer, file.path).finally(() => loaded.abort());
  await watching;
  if (run.valid + run.refusedLines !== file.lines || run.refusedLines < file.repeats)
    throw new Error(
      `${run.valid} lines were taken and ${run.refusedLines} refused of ${file.lines}, of which ${file.repeats} repeat another`,
    );
  const most = Math.max(...looks.map(aboveOf));
  say(
    `${name}: ${run.uploadSeconds.toFixed(0)} s upload and scan, ${run.loadSeconds.toFixed(0)} s after it, at most ${most.toFixed(0)} MB`,
  );
  const row = (what: string, value: number) => plainRow(name, what, { ...spreadOf([value]), unit: 'MB' });
  const count = (value: number): string => Math.round(value).toLocaleString('en-US');
  return {
    scenario: name,
    rows: [
      row('above the engine, at rest', aboveOf(atRest)),
      { ...row('above the engine, most', most), targets: [atMost(mostMegabytes, 'MB', most)] },
      row('of it files of the program', Math.max(...looks.map(({ files }) => files)) / 1e6),
      row('the engine', Math.max(...looks.map(({ engine }) => engine)) / 1e6),
    ],
    notes: [
      `${name}: ${count(file.lines)} lines, ${count(file.bytes / 1e6)} MB of text in ${count(statSync(file.path).size / 1e6)} MB of gzip, ${count(run.refusedLines)} refused as repeats; ${run.uploadSeconds.toFixed(0)} s for upload and scan, ${run.loadSeconds.toFixed(0)} s after it; resident memory less what the engine says it allocated, each ${lookEveryMs} ms`,
    ],
    runs: looks.map((seen) => ({ contender: 'Foyer', ...seen })),
  };
}

interface Look extends ProcessMemory {
  /** Bytes that the engine says it has allocated. */
  readonly engine: number;
}

const aboveOf = ({ resident, engine }: Look): number => (resident - engine) / 1e6;

async function look({ url, pid }: FoyerServer): Promise<Look> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const engine = Number(/^foyer_profiles_memory_bytes (\S+)$/m.exec(text)?.[1]);
  if (!Number.isFinite(engine)) throw new Error('the server does not tell its memory');
  return { ...memoryOf(pid), engine };
}
