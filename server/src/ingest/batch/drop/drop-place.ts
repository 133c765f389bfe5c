import type { Readable } from 'node:stream';

/** A file that somebody put into `submitted/`. */
export interface SubmittedFile {
  /** Without folders. */
  readonly name: string;
  readonly bytes: number;
  /** When it was changed last, in epoch milliseconds. */
  readonly modifiedMs: number;
  /** Another one whenever the content under this name is another; without white space. */
  readonly version: string;
}

/** What is in a member's `submitted/`. */
export interface SubmittedFolder {
  readonly files: readonly SubmittedFile[];
  /** What is there and is never read: links, folders, names that nothing can show. */
  readonly ignored: readonly { readonly name: string; readonly why: string }[];
}

/** Where finished files go. */
export type DropEnd = 'done' | 'failed';

export interface FinishedFile {
  readonly name: string;
  /** Which one the job took. */
  readonly version: string;
  readonly end: DropEnd;
  /** Its name there; no other job's file has it. */
  readonly newName: string;
  /** What the job loaded: stands in for a file that was replaced meanwhile. May have gone. */
  readonly copy: string;
}

/**
 * Where members drop files (ingest.md section 4.9): a folder for each, with `submitted/`, `done/` and `failed/`. Engines: a directory,
 * a bucket. Methods throw whatever the place answers when it cannot be read or written.
 */
export interface DropPlace {
  /** For messages. */
  readonly address: string;
  /** The folders in it, whoever's they are. Throws where the place is not there. */
  folders(): Promise<readonly string[]>;
  /** Empty where the folder has no `submitted/`. */
  submitted(folder: string): Promise<SubmittedFolder>;
  /** The bytes of this version and of no other. It, or reading from it, throws FileChanged where the file has gone or changed. */
  read(folder: string, file: SubmittedFile): Promise<Readable>;
  /**
   * Moves a file that was taken; may be called again after a crash at any point of it. A newer version stays in `submitted/`, and what the
   * job loaded is put into `done/` or `failed/` in its place. One that somebody took away stays away.
   */
  finish(folder: string, file: FinishedFile): Promise<void>;
  close(): void;
}

/** A file has changed, or gone, since it was listed. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}
