import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readCensusPeople } from './census-people.ts';
import type { Person } from './census-people.ts';
import { mappingRules, ruleHolds, sharedTopics } from './census-to-taxonomy.ts';
import type { Topic } from './census-to-taxonomy.ts';
import { segmentNameOf } from './demo-objects.ts';

/** Parent and own name of every entry, by id; from the file that the server checks `taxonomy_id` with. */
async function readTaxonomy(): Promise<Map<string, { parentId: string; name: string }>> {
  const file = new URL('../../../server/assets/iab-audience-taxonomy-1.1.tsv', import.meta.url);
  const rows = (await readFile(file, 'utf8')).split(/\r?\n/).map((line) => line.split('\t'));
  return new Map(
    rows
      .filter(([, id]) => /^\d+$/.test(id ?? ''))
      .map(([, id = '', parentId = '', , ...cells]) => [
        id,
        {
          parentId,
          name:
            cells
              .slice(0, 6)
              .findLast((cell) => cell !== '')
              ?.trim() ?? '',
        },
      ]),
  );
}

const taxonomy = await readTaxonomy();
const people = await readCensusPeople();
const usersOf = (code: string): number => {
  const rule = mappingRules.find((candidate) => candidate.code === code);
  return rule === undefined ? -1 : people.filter((person) => ruleHolds(rule, person)).length;
};

it('reads the whole taxonomy and the whole census', () => {
  expect(taxonomy.size).toBe(1558);
  expect(people).toHaveLength(48_842);
  expect(people[0]).toEqual({
    person: 1,
    age: 39,
    workclass: 'State-gov',
    education: 'Bachelors',
    marital_status: 'Never-married',
    occupation: 'Adm-clerical',
    sex: 'Male',
    hours_per_week: 40,
    income: '<=50K',
  });
});

it.each(mappingRules.map((rule) => [rule.code, rule] as const))(
  '%s names an entry of the taxonomy and its parent as they are',
  (_code, rule) => {
    const entry = taxonomy.get(rule.taxonomyId);
    expect(entry?.name).toBe(rule.name);
    expect(taxonomy.get(entry?.parentId ?? '')?.name).toBe(rule.parent);
  },
);

it('makes segments that the server takes', () => {
  expect(new Set(mappingRules.map((rule) => rule.code)).size).toBe(mappingRules.length);
  for (const rule of mappingRules) {
    expect(rule.code).toMatch(/^iab-\d+(-[a-z\d-]+)?$/);
    expect(rule.code.length).toBeLessThanOrEqual(50);
    expect(segmentNameOf(rule).length).toBeLessThanOrEqual(255);
    expect(rule.description.length).toBeLessThanOrEqual(500);
    expect(rule.description).not.toMatch(/['\\]/);
  }
});

it('gives every segment somebody and every person three memberships at least', () => {
  const perRule = new Map(mappingRules.map((rule) => [rule.code, 0]));
  let fewest = Infinity;
  for (const person of people) {
    const held = mappingRules.filter((rule) => ruleHolds(rule, person));
    fewest = Math.min(fewest, held.length);
    for (const { code } of held) perRule.set(code, (perRule.get(code) ?? 0) + 1);
  }
  expect(fewest).toBeGreaterThanOrEqual(3);
  expect([...perRule].filter(([, count]) => count === 0)).toEqual([]);
});

it('puts each person in one age range, but for those under 18, in one income and in one gender segment', () => {
  const countOf = (person: Person, topic: Topic): number =>
    mappingRules.filter((rule) => rule.topic === topic && ruleHolds(rule, person)).length;
  const wrong = people.filter(
    (person) =>
      countOf(person, 'age') !== (person.age >= 18 ? 1 : 0) ||
      countOf(person, 'income') !== 1 ||
      countOf(person, 'gender') !== 1 ||
      countOf(person, 'marital status') > 1,
  );
  expect(wrong).toEqual([]);
});

it('counts as the census does', () => {
  expect(usersOf('iab-50')).toBe(32_650);
  expect(usersOf('iab-49')).toBe(16_192);
  expect(usersOf('iab-164-over-50000')).toBe(11_687);
  expect(usersOf('iab-23')).toBe(8025);
  expect(usersOf('iab-31')).toBe(3136 + 1981 + 1432);
  expect(usersOf('iab-43') + usersOf('iab-44')).toBe(usersOf('iab-42'));
});

it('shares some topics and keeps some', () => {
  expect(sharedTopics).not.toContain('marital status');
  expect(mappingRules.some((rule) => !sharedTopics.includes(rule.topic))).toBe(true);
});
