import type { Readable } from 'node:stream';

/** Where text goes, and bytes of files. */
export interface TextSink {
  /** @param done called when there is room for more */
  write(text: string | Uint8Array, done?: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Everything a command takes from the process, so that a test can give it something else. */
export interface Surroundings {
  readonly stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The file that starts the server, run with this Node. */
  readonly serverEntry: string;
  /** Called back when this process is asked to end (Ctrl-C, SIGTERM); answers how to stop listening. */
  onStop(callback: () => void): () => void;
}
