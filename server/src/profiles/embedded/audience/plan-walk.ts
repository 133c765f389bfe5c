import { neverEnds } from '../../operation-batch.ts';
import { addedAtWord, lifetimeWord, membershipWords, segmentWord, valueMask, valueWord } from '../memory/membership-slabs.ts';
import type { Leaf, PlanNode } from './audience-plan.ts';
import type { UserGroup } from './block-reader.ts';

/** Where in the words of its slab the membership of user i with this number begins, if it is live at `nowS`; else -1. */
export function liveMembershipAt({ counts, memory, slabs }: UserGroup, i: number, number: number, nowS: number): number {
  const count = counts[i] as number;
  if (count === 0) return -1;
  const slab = slabs[i] as number;
  const words = memory.wordsOf(slab);
  const start = memory.offsetOf(slab);
  const end = start + count * membershipWords;
  for (let at = start; at < end; at += membershipWords) {
    if (words[at + segmentWord] !== number) continue;
    const addedAtS = words[at + addedAtWord] as number;
    const lifetime = words[at + lifetimeWord] as number;
    return addedAtS <= nowS && (lifetime === neverEnds || nowS < addedAtS + lifetime * 60) ? at : -1;
  }
  return -1;
}

/** Is user i of the group live in the leaf's segment with a value within its bounds? */
export function leafHolds(group: UserGroup, i: number, leaf: Leaf, nowS: number): boolean {
  const at = liveMembershipAt(group, i, leaf.number, nowS);
  if (at < 0) return false;
  const value = (group.memory.wordsOf(group.slabs[i] as number)[at + valueWord] as number) & valueMask;
  return value >= leaf.minValue && value <= leaf.maxValue;
}

/** Does a plan hold for user i of the group, by its profile alone? */
export function planHolds(group: UserGroup, i: number, node: PlanNode, nowS: number): boolean {
  switch (node.is) {
    case 'leaf':
      return leafHolds(group, i, node, nowS);
    case 'none':
      return false;
    case 'any':
      for (const part of node.parts) if (planHolds(group, i, part, nowS)) return true;
      return false;
    case 'all':
      if (group.known[i] !== 1) return false;
      for (const part of node.keep) if (!planHolds(group, i, part, nowS)) return false;
      for (const part of node.without) if (planHolds(group, i, part, nowS)) return false;
      return true;
  }
}
