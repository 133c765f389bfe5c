import { refusal } from '../../kit/refusal.ts';
import type { BareAnswer } from '../../http/operation.ts';
import { instantErrors } from './instant-errors.ts';
import type { CallShape } from './parse-users.ts';

const headers = { 'content-type': 'application/json; charset=utf-8' };

/**
 * The answer of `POST /rt-segment`. The seed's examples contradict each other; the rules that bring out each of them
 * (ingest.md section 3.1): bare at the top where no entry is valid, else inside `response`; both counters once more where an
 * accepted block was named by its code. It depends on the body's structure alone, so it is made before anything is written.
 * @throws Refusal instant.tooDeep where an entity to be echoed is nested beyond what can be written.
 */
export function instantAnswer(call: CallShape): BareAnswer {
  return { status: 200, headers, body: answerText(call), ascii: call.warnings.length === 0 };
}

function answerText(call: CallShape): string {
  const users = call.userCount;
  const segments = call.segmentCount;
  const message = `{"users_in_request":${users},"segments_in_request":${segments}}`;
  const common = `"status":"OK","message":${message},"warnings":${warningsText(call)}`;
  if (users === 0) return `{${common}}`;
  return call.namedByCode
    ? `{"response":{${common},"users_in_request":${users},"segments_in_request":${segments}}}`
    : `{"response":{${common}}}`;
}

function warningsText(call: CallShape): string {
  if (call.warnings.length === 0) return '[]';
  try {
    return JSON.stringify(call.warnings);
  } catch (error) {
    throw refusal(instantErrors.tooDeep, {}, { cause: error });
  }
}
