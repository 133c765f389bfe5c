import { Buffer } from 'node:buffer';
import type { Refusal } from '../kit/refusal.ts';
import type { AnswerBytes, LentBody } from './answer-bytes.ts';
import type { EnvelopeAnswer, WrittenAnswer } from './operation.ts';

/** The product's version, as `dbg_info.version` and `GET /` tell it. */
export const version = '0.1.0';

interface DebugInfo {
  readonly warnings: readonly string[];
  readonly version: string;
  readonly output_term: string | null;
}

/** More than so many warnings are counted: a call of thousands of objects must not be answered with megabytes of them. */
const warningLimit = 100;

const debugInfo = (warnings: readonly string[], outputTerm: string | null): DebugInfo => ({
  warnings: warnings.length <= warningLimit ? warnings : [...warnings.slice(0, warningLimit), `and ${warnings.length - warningLimit} more`],
  version,
  output_term: outputTerm,
});

/** What the envelope says beside the answer itself. */
export interface EnvelopeNotes {
  readonly warnings: readonly string[];
  /** The debug object stands there a second time, as `dbg`. */
  readonly dbg: boolean;
}

const noNotes: EnvelopeNotes = { warnings: [], dbg: false };

/** `{"response":{"status":"OK",…,"dbg_info":…}}` (platform.md section 1). */
export function envelopeOf(answer: EnvelopeAnswer, { warnings, dbg }: EnvelopeNotes = noNotes): string {
  const dbgInfo = debugInfo(warnings, answer.outputTerm);
  return JSON.stringify({ response: { status: 'OK', ...answer.fields, ...(dbg ? { dbg: dbgInfo } : {}), dbg_info: dbgInfo } });
}

/** The same around fields that the operation writes. */
export function writeEnvelope(into: AnswerBytes, { writeFields, outputTerm }: WrittenAnswer, { warnings, dbg }: EnvelopeNotes): LentBody {
  into.begin();
  into.room(opening.length);
  into.put(opening);
  writeFields(into);
  if (warnings.length === 0 && !dbg) {
    const closing = quietClosing(outputTerm);
    into.room(closing.length);
    into.put(closing);
  } else into.putText(closingText(JSON.stringify(debugInfo(warnings, outputTerm)), dbg));
  return into.end();
}

const opening = Buffer.from('{"response":{"status":"OK",');
const closingText = (dbgInfo: string, dbg: boolean): string => `,${dbg ? `"dbg":${dbgInfo},` : ''}"dbg_info":${dbgInfo}}}`;

/** By output term, of which there are as many as written answers in the sources. */
const quietClosings = new Map<string | null, Buffer>();

function quietClosing(outputTerm: string | null): Buffer {
  const known = quietClosings.get(outputTerm);
  if (known !== undefined) return known;
  const closing = Buffer.from(closingText(JSON.stringify(debugInfo([], outputTerm)), false));
  quietClosings.set(outputTerm, closing);
  return closing;
}

/** `{"response":{"status":"error",…}}`. */
export function errorEnvelope(refused: Refusal, { warnings, dbg }: EnvelopeNotes = noNotes): string {
  const { errorId, errorCode, errorDescription } = refused.kind;
  const dbgInfo = debugInfo(warnings, null);
  return JSON.stringify({
    response: {
      status: 'error',
      error_id: errorId,
      error: refused.message,
      error_code: errorCode,
      error_description: errorDescription,
      ...(dbg ? { dbg: dbgInfo } : {}),
      dbg_info: dbgInfo,
    },
  });
}
