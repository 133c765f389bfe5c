import { mkdir, rm } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { readSealed } from '../files/read-sealed.ts';
import { exchangeLimits } from './csv-limits.ts';
import { DeliveredFiles } from './delivered-files.ts';
import { LastRows } from './last-rows.ts';
import { RowMapper } from './map-row.ts';
import { RecordReader } from './record-reader.ts';
import { lineName, RejectWriter } from './reject-writer.ts';
import { RowSpace } from './row-space.ts';
import type { RowCounts, SourceFile, TransformPlan, TransformResult } from './transform-plan.ts';

/** What a run is told from outside, and tells. */
export interface TransformHooks {
  /** Asked often; what it throws ends the run. */
  readonly checkpoint?: () => void;
  /** Told often: data rows read and rejected so far. */
  readonly onProgress?: (counts: Pick<RowCounts, 'rowsReceived' | 'rowsRejected'>) => void;
}

/**
 * Makes a job's delivered files and its reject file out of its source files. Everything on disk is sealed; memory holds `memoryBytes` of
 * rows and a fixed amount besides, however large the files are. What an earlier run left is removed first.
 * @throws CsvFault where a file is not for this audience, SealedFileDamaged; after any failure nothing that it made is left
 */
export async function transform(plan: TransformPlan, hooks: TransformHooks = {}): Promise<TransformResult> {
  refuseSourcesIn(plan);
  for (const folder of [plan.workFolder, plan.folder]) await rm(folder, { recursive: true, force: true });
  await mkdir(plan.folder, { recursive: true, mode: 0o700 });
  const run = new TransformRun(plan, hooks);
  try {
    return await run.run();
  } catch (error) {
    await run.discard();
    throw error;
  } finally {
    await rm(plan.workFolder, { recursive: true, force: true });
  }
}

/** Its folders are emptied. */
function refuseSourcesIn({ files, folder, workFolder }: TransformPlan): void {
  const own = [folder, workFolder].map((path) => resolve(path) + sep);
  for (const { path } of files) {
    if (own.some((start) => resolve(path).startsWith(start))) throw new Error(`${path} is to be read, and stands in a folder of its run`);
  }
}

class TransformRun {
  readonly #plan: TransformPlan;
  readonly #hooks: TransformHooks;
  readonly #mapper: RowMapper;
  readonly #space: RowSpace;
  readonly #rows: LastRows;
  readonly #delivered: DeliveredFiles;
  #rejects: RejectWriter | null = null;
  readonly #counts: RowCounts = { rowsReceived: 0, rowsRejected: 0, rowsAdded: 0, rowsMerged: 0, rowsSent: 0 };

  constructor(plan: TransformPlan, hooks: TransformHooks) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.#mapper = new RowMapper(plan);
    this.#space = new RowSpace(plan.memoryBytes);
    this.#rows = new LastRows(this.#space, plan.workFolder, plan.key);
    this.#delivered = new DeliveredFiles(plan);
  }

  async run(): Promise<TransformResult> {
    const { files, rejectsPath } = this.#plan;
    await rm(rejectsPath, { force: true });
    for (const file of files) await this.#takeFile(file, files.length > 1 ? file.name : null);
    await this.#rejects?.finish();
    let taken = 0;
    await this.#rows.finish((row) => {
      // Often enough, and not for every row.
      if (taken++ % 1024 === 0) this.#hooks.checkpoint?.();
      return this.#delivered.add(row);
    });
    const delivered = await this.#delivered.finish();
    const counts = { ...this.#counts, rowsMerged: this.#space.merged, rowsSent: this.#delivered.rows };
    return { ...counts, files: delivered, rejectsPath: this.#rejects === null ? null : rejectsPath };
  }

  async discard(): Promise<void> {
    await this.#rows.discard();
    await this.#rejects?.discard();
    await this.#delivered.discard();
  }

  async #takeFile({ path }: SourceFile, name: string | null): Promise<void> {
    const reader = new RecordReader(exchangeLimits);
    let begun = false;
    const takeRecords = async (): Promise<void> => {
      while (reader.next()) {
        if (begun) {
          const waiting = this.#takeRow(reader, lineName(name, reader.line));
          if (waiting !== undefined) await waiting;
        } else this.#mapper.begin(reader.texts());
        begun = true;
      }
      this.#hooks.onProgress?.(this.#counts);
    };
    for await (const piece of readSealed(path, this.#plan.key)) {
      this.#hooks.checkpoint?.();
      reader.push(piece);
      await takeRecords();
    }
    reader.end();
    await takeRecords();
  }

  #takeRow(record: RecordReader, line: string): Promise<void> | undefined {
    const counts = this.#counts;
    counts.rowsReceived += 1;
    const mapper = this.#mapper;
    const reject = mapper.map(record, line);
    if (reject !== null) {
      counts.rowsRejected += 1;
      return this.#reject(line, reject.code, reject.message, record.raw());
    }
    const { values, rest } = mapper;
    counts.rowsAdded += values.length - 1;
    return values.length === 1 ? this.#rows.add(values[0] ?? '', rest) : this.#addAll(values, rest);
  }

  async #addAll(values: readonly string[], rest: string): Promise<void> {
    for (const value of values) await this.#rows.add(value, rest);
  }

  async #reject(line: string, ...reject: readonly [code: Parameters<RejectWriter['add']>[1], message: string, row: string]): Promise<void> {
    this.#rejects ??= await RejectWriter.open(this.#plan.rejectsPath, this.#plan.key);
    await this.#rejects.add(line, ...reject);
  }
}
