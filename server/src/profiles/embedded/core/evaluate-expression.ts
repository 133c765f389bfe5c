import type { Expression } from '../../profile-store.ts';
import { addedAtWord, lifetimeWord, valueMask, valueWord } from '../memory/membership-slabs.ts';
import { optedOutBit, userField, type ProfileMemory } from '../memory/profile-memory.ts';
import { findMembership, isLiveAt } from './membership-changes.ts';

type Test = (user: number) => boolean;

/** `ProfileStore.evaluate`, slow and obvious: looks at every known user. Tests compare the audience index with it. */
export function evaluateExpression(memory: ProfileMemory, expression: Expression, nowS: number): number {
  const holds = compiled(memory, expression, nowS);
  const { users } = memory;
  let count = 0;
  for (let user = 1; user < users.end; user++) {
    if (users.get(user, userField.firstName) === 0 || (users.get(user, userField.shape) & optedOutBit) !== 0) continue;
    if (holds(user)) count += 1;
  }
  return count;
}

function compiled(memory: ProfileMemory, expression: Expression, nowS: number): Test {
  if ('segment' in expression) return segmentTest(memory, expression, nowS);
  if ('not' in expression) {
    const test = compiled(memory, expression.not, nowS);
    return (user) => !test(user);
  }
  if ('and' in expression) {
    const tests = expression.and.map((part) => compiled(memory, part, nowS));
    return (user) => tests.every((test) => test(user));
  }
  const tests = expression.or.map((part) => compiled(memory, part, nowS));
  return (user) => tests.some((test) => test(user));
}

function segmentTest(memory: ProfileMemory, leaf: Extract<Expression, { segment: unknown }>, nowS: number): Test {
  const number = memory.segments.numberOf(leaf.segment);
  if (number === 0) return () => false;
  const { minValue = 0, maxValue = valueMask } = leaf;
  return (user) => {
    const at = findMembership(memory, user, number);
    if (at < 0) return false;
    const words = memory.slabs.wordsOf(memory.users.get(user, userField.slab));
    const value = (words[at + valueWord] as number) & valueMask;
    return value >= minValue && value <= maxValue && isLiveAt(words[at + addedAtWord] as number, words[at + lifetimeWord] as number, nowS);
  };
}
