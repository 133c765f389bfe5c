/** A job of the exchange from text to delivered files, in a process of its own, through the engine's thread. Talks by IPC. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CsvEngine } from '../../server/src/exchange/csv/csv-engine.ts';
import { exchangeLimits } from '../../server/src/exchange/csv/csv-limits.ts';
import { type TransformPlan, usualMemoryBytes } from '../../server/src/exchange/csv/transform-plan.ts';
import type { ExchangeCsvAnswer, ExchangeCsvQuestion, ExchangeCsvRun } from './exchange-csv-messages.ts';

const rowsPerFile = 1_000_000;
const pieceBytes = 65_536;
const key = new Uint8Array(32).fill(9);
const columns = [
  { name: 'homeemail', type: 'email', isIdentifier: true },
  { name: 'workemail', type: 'email', isIdentifier: true },
  { name: 'tier', type: 'string', isIdentifier: false },
  { name: 'joined', type: 'date', isIdentifier: false },
];

/** One file's text. Three rows of ten repeat the identifier of an earlier one. */
function* textOf(first: number, end: number): Generator<Buffer> {
  let text = 'homeemail,workemail,tier,joined\n';
  for (let row = first; row < end; row++) {
    const person = row % 10 < 3 ? Math.floor(row / 3) : row;
    text += `User${person}@example.com,,${row % 5 === 0 ? '"Gold, ""VIP"""' : 'Gold'},2021-03-09\n`;
    if (text.length < pieceBytes) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

async function* sourceOf(first: number, end: number): AsyncGenerator<Uint8Array> {
  yield* textOf(first, end);
}

const planOf = (folder: string, files: TransformPlan['files']): TransformPlan => ({
  files,
  columns,
  sourceIdentifiers: columns.slice(0, 2),
  destinationIdentifier: { name: 'email', type: 'email' },
  attributes: [
    { source: { name: 'tier', type: 'string' }, destination: { name: 'level', type: 'string', isRequired: false } },
    { source: { name: 'joined', type: 'date' }, destination: { name: 'since', type: 'datetime', isRequired: false } },
  ],
  sourceHashAlgorithm: 'NONE',
  destinationHashAlgorithm: 'SHA256',
  shareAction: 'ADD',
  builtIn: null,
  keepOrigins: false,
  mostFileBytes: exchangeLimits.wireBytes,
  key,
  folder: join(folder, 'out'),
  name: 'job',
  rejectsPath: join(folder, 'rejects'),
  workFolder: join(folder, 'work'),
  memoryBytes: usualMemoryBytes,
});

/** Wall and processor seconds of a piece of work. */
async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; seconds: number; cpu: number }> {
  const before = process.cpuUsage();
  const began = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
}

async function run({ rows, folder }: ExchangeCsvQuestion): Promise<ExchangeCsvRun> {
  mkdirSync(folder, { recursive: true });
  // What making text takes is not the job's: it is there before.
  for (const piece of textOf(0, rowsPerFile)) if (piece.length === 0) throw new Error('a piece without text');
  const idle = process.memoryUsage.rss();
  let peak = idle;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const engine = new CsvEngine();
  try {
    const files: TransformPlan['files'][number][] = [];
    const checked = await timed(async () => {
      for (let first = 0; first < rows; first += rowsPerFile) {
        const name = String(files.length + 1);
        const path = join(folder, `source-${name}`);
        await engine.check(sourceOf(first, Math.min(rows, first + rowsPerFile)), {
          path,
          key,
          gzipped: false,
          columns,
          limits: exchangeLimits,
        });
        files.push({ path, name });
      }
    });
    const transformed = await timed(() => engine.transform(planOf(folder, files)));
    const { rowsReceived, rowsSent, rowsMerged } = transformed.result;
    if (rowsReceived !== rows || rowsSent + rowsMerged !== rows)
      throw new Error(`${rowsSent} rows were sent and ${rowsMerged} merged of ${rows}`);
    return {
      rows,
      sent: rowsSent,
      checkSeconds: checked.seconds,
      transformSeconds: transformed.seconds,
      checkCpu: checked.cpu,
      transformCpu: transformed.cpu,
      peakBytes: peak - idle,
    };
  } finally {
    clearInterval(watch);
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (question: ExchangeCsvQuestion) => {
  run(question).then(
    (result) => process.send?.({ is: 'ran', run: result } satisfies ExchangeCsvAnswer),
    (error: unknown) =>
      process.send?.({ is: 'failed', reason: error instanceof Error ? error.message : String(error) } satisfies ExchangeCsvAnswer),
  );
});
