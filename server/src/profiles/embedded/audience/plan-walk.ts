import { neverEnds } from '../../operation-batch.ts';
import { addedAtWord, lifetimeWord, membershipWords, segmentWord, valueMask, valueWord } from '../memory/membership-slabs.ts';
import type { Leaf, PlanNode } from './audience-plan.ts';
import type { UserBlock } from './block-reader.ts';

/** Where in `block.words[i]` the membership of user i with this number begins, if it is live at `nowS`; else -1. */
export function liveMembershipAt(block: UserBlock, i: number, number: number, nowS: number): number {
  const count = block.counts[i] as number;
  if (count === 0) return -1;
  const words = block.words[i] as Uint32Array;
  const start = block.offsets[i] as number;
  const end = start + count * membershipWords;
  for (let at = start; at < end; at += membershipWords) {
    if (words[at + segmentWord] !== number) continue;
    const addedAtS = words[at + addedAtWord] as number;
    const lifetime = words[at + lifetimeWord] as number;
    return addedAtS <= nowS && (lifetime === neverEnds || nowS < addedAtS + lifetime * 60) ? at : -1;
  }
  return -1;
}

/** Is user i of the block live in the leaf's segment with a value within its bounds? */
export function leafHolds(block: UserBlock, i: number, leaf: Leaf, nowS: number): boolean {
  const at = liveMembershipAt(block, i, leaf.number, nowS);
  if (at < 0) return false;
  const value = ((block.words[i] as Uint32Array)[at + valueWord] as number) & valueMask;
  return value >= leaf.minValue && value <= leaf.maxValue;
}

/** Does a plan hold for user i of the block, by its profile alone? */
export function planHolds(block: UserBlock, i: number, node: PlanNode, nowS: number): boolean {
  switch (node.is) {
    case 'leaf':
      return leafHolds(block, i, node, nowS);
    case 'none':
      return false;
    case 'any':
      for (const part of node.parts) if (planHolds(block, i, part, nowS)) return true;
      return false;
    case 'all':
      if (block.known[i] !== 1) return false;
      for (const part of node.keep) if (!planHolds(block, i, part, nowS)) return false;
      for (const part of node.without) if (planHolds(block, i, part, nowS)) return false;
      return true;
  }
}
