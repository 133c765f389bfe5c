import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the files of jobs are, one folder a job, in the file store's folder. Readable by the server alone: uploads name users. */
export class JobFolders {
  readonly #path: string;
  constructor(filesPath: string) {
    this.#path = join(filesPath, 'batch');
  }

  of(job: number): JobFolder {
    return new JobFolder(join(this.#path, String(job)));
  }
}

/** The files of one job. */
export class JobFolder {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }

  /** The file as it was sent. */
  get upload(): string {
    return join(this.path, 'upload');
  }
  /** What the first pass found: `ScanResult` as JSON. */
  get scan(): string {
    return join(this.path, 'scan.json');
  }
  /** One bit a line: does it repeat an earlier one? Absent where none does. */
  get repeats(): string {
    return join(this.path, 'repeats');
  }
  /** How the job reads its lines, decided when it began: `LoadPlan` as JSON. */
  get plan(): string {
    return join(this.path, 'plan.json');
  }
  /** What segments were when the job met them, one JSON line for each answer. */
  get segments(): string {
    return join(this.path, 'segments');
  }
  /** Every refused line with its number, codes and reasons. */
  get rejects(): string {
    return join(this.path, 'rejects.tsv');
  }
  /** What the job's memberships were before it (undo). */
  get before(): string {
    return join(this.path, 'before');
  }

  async make(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
