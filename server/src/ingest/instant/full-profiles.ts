import { decodeIdentifier } from '../../profiles/identifier-key.ts';
import type { OperationBatch } from '../../profiles/operation-batch.ts';
import { outcomeCodes } from '../../profiles/profile-store.ts';
import type { Warning } from './parse-users.ts';

/** Most users that are named; more of them are counted in the statistics alone. */
const mostNamed = 100;

/**
 * A warning for each user whose profile is full (`FOYER_MAX_MEMBERSHIPS_PER_PROFILE`), with how many of its additions were
 * not kept. [choice]: the protocol knows no such limit, and a row that is lost without a word is what we do not do.
 */
export function fullProfileWarnings({ keys, userKeyEnds, userOperationEnds }: OperationBatch, outcomes: Uint8Array): Warning[] {
  const warnings: Warning[] = [];
  if (!outcomes.includes(outcomeCodes.full)) return warnings;
  let keyStart = 0;
  let operation = 0;
  for (let user = 0; user < userKeyEnds.length && warnings.length < mostNamed; user++) {
    const keyEnd = userKeyEnds[user] as number;
    const operationEnd = userOperationEnds[user] as number;
    let refused = 0;
    for (; operation < operationEnd; operation++) if (outcomes[operation] === outcomeCodes.full) refused += 1;
    if (refused > 0) warnings.push(warningFor(keys.subarray(keyStart, keyEnd), refused));
    keyStart = keyEnd;
  }
  return warnings;
}

function warningFor(key: Uint8Array, refused: number): Warning {
  const identifier = decodeIdentifier(key);
  const id = 'id' in identifier ? String(identifier.id) : '';
  return { message: `The profile of ${id} is full: ${refused} of its segments were not kept.`, entity: { user_id: id } };
}
