import { closeSync, constants, cpSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreAnswer, StoreFigures, StoreQuestion } from '../in-process/store-messages.ts';
import { BenchProgram } from './bench-program.ts';

const engineProgram = join(import.meta.dirname, '..', 'in-process', 'engine-program.ts');

/** What a prepared folder holds. */
export interface AudienceFolder {
  readonly path: string;
  readonly figures: StoreFigures;
  readonly loadSeconds: number;
}

/**
 * Profiles of the audience as a checkout's own engine writes them, in durable batches: made once, copied for every server that starts with
 * them. Loading a server over HTTP would leave the same files behind, later.
 */
export class AudienceFolders {
  readonly #folder: string;
  readonly #atS: number;
  readonly #say: (text: string) => void;
  readonly #made = new Map<string, AudienceFolder>();

  constructor(folder: string, atS: number, say: (text: string) => void) {
    this.#folder = folder;
    this.#atS = atS;
    this.#say = say;
  }

  async made(checkout: string, users: number): Promise<AudienceFolder> {
    const key = `${users} ${checkout}`;
    const known = this.#made.get(key);
    if (known) return known;
    this.#say(`preparing profiles of ${users} users`);
    mkdirSync(this.#folder, { recursive: true });
    const path = join(this.#folder, `audience-${this.#made.size}`);
    const folder = { path, ...(await this.#make(path, checkout, users)) };
    this.#made.set(key, folder);
    return folder;
  }

  /** Profiles of that many users in a folder that does not exist yet. */
  async copyTo(target: string, checkout: string, users: number): Promise<void> {
    const { path } = await this.made(checkout, users);
    cpSync(path, target, { recursive: true, mode: constants.COPYFILE_FICLONE });
    // Written now, not in the background of what is measured next.
    for (const entry of readdirSync(target, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) sync(join(entry.parentPath, entry.name));
  }

  /** Gives the disk back. */
  forget(checkout: string, users: number): void {
    const key = `${users} ${checkout}`;
    const known = this.#made.get(key);
    if (known) rmSync(known.path, { recursive: true, force: true });
    this.#made.delete(key);
  }

  async #make(directory: string, checkout: string, users: number): Promise<Omit<AudienceFolder, 'path'>> {
    const program = new BenchProgram<StoreQuestion, StoreAnswer>(engineProgram);
    try {
      const options = { directory, checkout, port: 0, users, durability: 'os', atS: this.#atS } as const;
      const ask = async (question: StoreQuestion): Promise<StoreAnswer> => {
        const answer = await program.ask(question);
        if (answer.is === 'failed') throw new Error(`preparing profiles: ${answer.reason}`);
        return answer;
      };
      await ask({ ask: 'open', options });
      const answer = await ask({ ask: 'load' });
      await ask({ ask: 'close' });
      if (answer.is !== 'loaded') throw new Error(`the engine answered ${answer.is}`);
      return { figures: answer.loaded.figures, loadSeconds: answer.loaded.seconds };
    } finally {
      await program.stop();
    }
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
