import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { refusedLines } from '../batch/refused-lines.ts';
import type { Call, Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { serverOption } from '../server-url.ts';

export const batchRejects: Command = {
  name: 'batch rejects',
  summary: 'print every refused line of a batch job that has ended, with the reasons',
  operands: ['JOB'],
  options: {
    lines: { type: 'boolean', description: 'only the lines themselves, to be mended and uploaded' },
    output: { type: 'string', short: 'o', placeholder: 'FILE', description: 'write into FILE (default: stdout)' },
    server: serverOption,
  },
  examples: [
    'npx foyer batch rejects 0f7c5a1be23d4468a9d7fd1f0b6c2e91 > rejects.tsv',
    'npx foyer batch rejects 0f7c5a1be23d4468a9d7fd1f0b6c2e91 --lines -o again.txt',
  ],
  details:
    'Columns, parted by tabs: line number, codes (the counters in which the line stands), message, and last the line as it was sent, byte\n' +
    'for byte. A line with several segments may have been taken in part. The file is kept for three days.',
  run: async (call) => {
    const client = await loggedInClient(call);
    const file = client.readBatchRejects({ job_id: call.operands[0] ?? '' });
    await write(call, call.flag('lines') ? refusedLines(file) : file);
    return exitCodes.ok;
  },
};

async function write(call: Call, pieces: AsyncGenerator<Uint8Array, void, undefined>): Promise<void> {
  const output = call.text('output');
  if (output === undefined) {
    for await (const piece of pieces) await call.printBytes(piece);
    return;
  }
  // FILE is not touched where there is nothing to write into it.
  const first = await pieces.next();
  const path = resolve(call.surroundings.cwd, output);
  const all = async function* () {
    if (first.done !== true) yield first.value;
    yield* pieces;
  };
  await pipeline(Readable.from(all(), { objectMode: false }), createWriteStream(path)).catch((error: unknown) => {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new CommandFailure(`cannot write ${path}: ${error.message}`, exitCodes.failed, { cause: error });
  });
}
