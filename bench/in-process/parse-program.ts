/** The parser of batch files over a file in memory, in a process of its own. Talks by IPC (parse-messages.ts). */
import { LineParser } from '../../server/src/ingest/batch/parse/line-parser.ts';
import { ParsedChunk } from '../../server/src/ingest/batch/parse/parsed-chunk.ts';
import { SegmentTable } from '../../server/src/ingest/batch/parse/segment-table.ts';
import { type BatchFile, batchFile } from '../data/batch-file.ts';
import type { ParseAnswer, ParseQuestion, ParseRun } from './parse-messages.ts';

const nowS = 1_795_000_000;
/** What is parsed into one chunk. */
const blockBytes = 1_048_576;
const lineFeed = 0x0a;

const files = new Map<string, BatchFile>();

/** Parses the file from its begin to its end, as a job does. Answers the memberships in it. */
function parseOnce({ bytes, form }: BatchFile, chunk: ParsedChunk): number {
  const table = new SegmentTable();
  const parser = new LineParser(form, table);
  let memberships = 0;
  let line = 1;
  for (let at = 0; at < bytes.length;) {
    const last = Math.min(at + blockBytes, bytes.length);
    const end = bytes.lastIndexOf(lineFeed, last - 1) + 1;
    chunk.clear();
    while (at < end) {
      at = parser.parse(bytes, at, end, line + chunk.physicalLines, null, chunk);
      table.take(parser.unresolved().map((name) => ({ name, state: 'usable', segment: Number(name.id) || 1, expireMinutes: null })));
    }
    line += chunk.physicalLines;
    memberships += chunk.operationCount;
  }
  return memberships;
}

function run({ kind, lines, seconds }: ParseQuestion): ParseRun {
  const file = files.get(kind) ?? batchFile(kind, lines, nowS);
  files.set(kind, file);
  const chunk = new ParsedChunk();
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  let memberships = 0;
  let bytes = 0;
  do {
    const parsed = parseOnce(file, chunk);
    if (parsed !== file.memberships) throw new Error(`the parser found ${parsed} of ${file.memberships} memberships`);
    memberships += parsed;
    bytes += file.bytes.length;
  } while (performance.now() < began + seconds * 1000);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { memberships, bytes, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
}

process.on('disconnect', () => process.exit(0));
process.on('message', (question: ParseQuestion) => {
  try {
    process.send?.({ is: 'ran', run: run(question) } satisfies ParseAnswer);
  } catch (error) {
    process.send?.({ is: 'failed', reason: error instanceof Error ? error.message : String(error) } satisfies ParseAnswer);
  }
});
