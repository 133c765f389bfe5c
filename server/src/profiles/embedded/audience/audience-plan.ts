import type { SegmentId } from '../../../kit/ids.ts';
import type { Expression } from '../../profile-store.ts';
import { valueMask } from '../memory/membership-slabs.ts';
import { knownUsers } from './flip-log.ts';

/** A segment by its number, with inclusive bounds on the value. */
export interface Leaf {
  readonly is: 'leaf';
  readonly number: number;
  readonly minValue: number;
  readonly maxValue: number;
  /** False where every value is within the bounds: then the set alone tells. */
  readonly bounded: boolean;
}

/**
 * An expression over numbers instead of segments. `all` is `keep` and none of `without`; its set is a part of every set of `keep`, and
 * of the known users where `keep` is empty. Cheap parts come first: plain leaves, then combinations, then bounded leaves, so that
 * profiles are read for few candidates.
 */
export type PlanNode =
  | Leaf
  | { readonly is: 'none' }
  | { readonly is: 'all'; readonly keep: readonly PlanNode[]; readonly without: readonly PlanNode[] }
  | { readonly is: 'any'; readonly parts: readonly PlanNode[] };

export interface AudiencePlan {
  readonly root: PlanNode;
  /** Numbers whose sets the evaluation needs, `knownUsers` where it needs those. */
  readonly numbers: ReadonlySet<number>;
}

/** @param numberOf the live number of a segment, 0 where it has none (nobody is in it then) */
export function planAudience(expression: Expression, numberOf: (segment: SegmentId) => number): AudiencePlan {
  const numbers = new Set<number>();
  const root = nodeOf(expression, numberOf, numbers);
  return { root, numbers };
}

function nodeOf(expression: Expression, numberOf: (segment: SegmentId) => number, numbers: Set<number>): PlanNode {
  if ('segment' in expression) {
    const number = numberOf(expression.segment);
    if (number === 0) return { is: 'none' };
    const { minValue = 0, maxValue = valueMask } = expression;
    numbers.add(number);
    return { is: 'leaf', number, minValue, maxValue, bounded: minValue > 0 || maxValue < valueMask };
  }
  if ('or' in expression) return { is: 'any', parts: expression.or.map((part) => nodeOf(part, numberOf, numbers)) };
  const keep: PlanNode[] = [];
  const without: PlanNode[] = [];
  for (const part of 'not' in expression ? [expression] : expression.and) {
    if ('not' in part) without.push(nodeOf(part.not, numberOf, numbers));
    else keep.push(nodeOf(part, numberOf, numbers));
  }
  if (keep.length === 0) numbers.add(knownUsers);
  return { is: 'all', keep: keep.sort(byCost), without: without.sort(byCost) };
}

const byCost = (a: PlanNode, b: PlanNode): number => costOf(a) - costOf(b);

function costOf(node: PlanNode): number {
  if (node.is === 'none') return 0;
  if (node.is !== 'leaf') return 2;
  return node.bounded ? 3 : 1;
}
