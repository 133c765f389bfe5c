import type { Person } from './census-people.ts';

/** All conditions of a rule must hold. `oneOf` compares a cell as it stands in the file; `from` and `to` are inclusive. */
export type Condition =
  | { column: 'workclass' | 'education' | 'marital_status' | 'occupation' | 'sex' | 'income'; oneOf: readonly string[] }
  | { column: 'age' | 'hours_per_week'; from: number; to: number };

export type Topic = 'age' | 'education' | 'employment' | 'marital status' | 'gender' | 'income';

export interface MappingRule {
  /** The segment's code in the provider. */
  code: string;
  /** Entry of IAB Audience Taxonomy 1.1. */
  taxonomyId: string;
  /** The names of the entry's parent and of the entry itself. */
  parent: string;
  name: string;
  topic: Topic;
  /** Whose number the membership carries; without one it is 0. */
  value?: 'age' | 'hours_per_week';
  /** Minutes; 0 never expires. */
  expiration: number;
  conditions: readonly Condition[];
  /** Where the entry says less than the rule: the name of the segment. */
  segmentName?: string;
  /** What was mapped on the entry. No ' and no \, as the server wants it. */
  description: string;
}

/** What one entered into the census once does not change by waiting. */
const never = 0;
/** Hours worked do change: 180 days, the field's usual lifetime. */
const halfYear = 180 * 24 * 60;

const ageRanges: readonly (readonly [string, number, number])[] = [
  ['3', 18, 20],
  ['4', 21, 24],
  ['5', 25, 29],
  ['6', 30, 34],
  ['7', 35, 39],
  ['8', 40, 44],
  ['9', 45, 49],
  ['10', 50, 54],
  ['11', 55, 59],
  ['12', 60, 64],
  ['13', 65, 69],
  ['14', 70, 74],
];

// The taxonomy has no entry under 18: 595 people of 17 are in no age segment.
const ageRules: readonly MappingRule[] = [
  ...ageRanges.map(([taxonomyId, from, to]) => ageRule(taxonomyId, `${from}-${to}`, from, to)),
  ageRule('15', '75+', 75, 150),
];

function ageRule(taxonomyId: string, name: string, from: number, to: number): MappingRule {
  return {
    code: `iab-${taxonomyId}`,
    taxonomyId,
    parent: 'Age Range',
    name,
    topic: 'age',
    value: 'age',
    expiration: never,
    conditions: [{ column: 'age', from, to }],
    description: `Census column age, ${name}. The value of a membership is the age in years.`,
  };
}

const bachelors = ['Bachelors'];
const postgraduate = ['Masters', 'Doctorate'];
const professional = ['Prof-school'];
// Begun without a degree, or a two-year degree: the taxonomy has no narrower entry.
const otherCollege = ['Some-college', 'Assoc-voc', 'Assoc-acdm'];

// Preschool (83 people) is less than primary education, and is left out.
const educationRules: readonly MappingRule[] = [
  educationRule('18', 'Education (Highest Level)', 'Primary Education', ['1st-4th', '5th-6th', '7th-8th'], 'grades 1 to 8'),
  educationRule(
    '19',
    'Education (Highest Level)',
    'Secondary Education',
    ['9th', '10th', '11th', '12th', 'HS-grad'],
    'grades 9 to 12, graduated or not',
  ),
  educationRule(
    '20',
    'Education (Highest Level)',
    'College Education',
    [...otherCollege, ...bachelors, ...postgraduate, ...professional],
    'all of college: begun, two-year degrees, and everyone in the three narrower segments',
  ),
  educationRule('23', 'College Education', 'Undergraduate Education', bachelors, 'bachelor degrees'),
  educationRule('22', 'College Education', 'Postgraduate Education', postgraduate, 'master degrees and doctorates'),
  educationRule('21', 'College Education', 'Professional School', professional, 'professional schools'),
];

function educationRule(taxonomyId: string, parent: string, name: string, oneOf: readonly string[], what: string): MappingRule {
  return {
    code: `iab-${taxonomyId}`,
    taxonomyId,
    parent,
    name,
    topic: 'education',
    expiration: never,
    conditions: [{ column: 'education', oneOf }],
    description: `Census column education: ${what}.`,
  };
}

const government = ['Federal-gov', 'State-gov', 'Local-gov'];
const employees = { column: 'workclass', oneOf: ['Private', ...government] } as const;
const status = 'Employment Status';
const role = 'Employment Role';

// Left out because no entry says it: work without pay (21 people), sales, service, protective and technical occupations, the armed
// forces. The roles Self Employed and Part-Time Worker would repeat the status entries of the same meaning.
const employmentRules: readonly MappingRule[] = [
  employmentRule('42', status, 'Employed', [employees], 'Employees: census column workclass is private or government.'),
  {
    ...employmentRule(
      '43',
      'Employed',
      'Part-Time',
      [employees, { column: 'hours_per_week', from: 1, to: 34 }],
      'Employees who work under 35 hours a week. The value of a membership is the hours.',
    ),
    value: 'hours_per_week',
    expiration: halfYear,
  },
  {
    ...employmentRule(
      '44',
      'Employed',
      'Full-Time',
      [employees, { column: 'hours_per_week', from: 35, to: 168 }],
      'Employees who work 35 hours a week or more. The value of a membership is the hours.',
    ),
    value: 'hours_per_week',
    expiration: halfYear,
  },
  employmentRule(
    '45',
    status,
    'Self-Employed',
    [{ column: 'workclass', oneOf: ['Self-emp-not-inc', 'Self-emp-inc'] }],
    'Census column workclass: self-employed, incorporated or not.',
  ),
  employmentRule(
    '47',
    status,
    'Unemployed',
    [{ column: 'workclass', oneOf: ['Never-worked'] }],
    'Census column workclass: never worked. The census has nobody else without work, and does not say who looks for it.',
  ),
  employmentRule(
    '31',
    role,
    'Public Sector',
    [{ column: 'workclass', oneOf: government }],
    'Census column workclass: federal, state or local government.',
  ),
  employmentRule('26', role, 'Director/Managerial', [occupation('Exec-managerial')], 'Census column occupation: executive, managerial.'),
  employmentRule('28', role, 'Office Worker', [occupation('Adm-clerical')], 'Census column occupation: administrative, clerical.'),
  employmentRule('30', role, 'Professional', [occupation('Prof-specialty')], 'Census column occupation: professional specialty.'),
  employmentRule(
    '27',
    role,
    'Homemaker / Domestic Work',
    [occupation('Priv-house-serv')],
    'Census column occupation: service in private households.',
  ),
  employmentRule(
    '35',
    role,
    'Skilled/Manual Work',
    [occupation('Craft-repair', 'Machine-op-inspct', 'Transport-moving', 'Handlers-cleaners', 'Farming-fishing')],
    'Census column occupation: craft and repair, machine operation, transport, handling and cleaning, farming and fishing.',
  ),
];

function occupation(...oneOf: string[]): Condition {
  return { column: 'occupation', oneOf };
}

function employmentRule(
  taxonomyId: string,
  parent: string,
  name: string,
  conditions: readonly Condition[],
  description: string,
): MappingRule {
  return { code: `iab-${taxonomyId}`, taxonomyId, parent, name, topic: 'employment', expiration: never, conditions, description };
}

// The separated (1,530 people) are neither: still married by law, no longer living so. They are left out.
const maritalRules: readonly MappingRule[] = [
  maritalRule('161', 'Married', ['Married-civ-spouse', 'Married-AF-spouse', 'Married-spouse-absent'], 'married, the spouse present or not'),
  maritalRule('162', 'Single', ['Never-married', 'Divorced', 'Widowed'], 'not married: never, divorced or widowed'),
];

function maritalRule(taxonomyId: string, name: string, oneOf: readonly string[], what: string): MappingRule {
  return {
    code: `iab-${taxonomyId}`,
    taxonomyId,
    parent: 'Marital Status',
    name,
    topic: 'marital status',
    expiration: never,
    conditions: [{ column: 'marital_status', oneOf }],
    description: `Census column marital_status: ${what}.`,
  };
}

const genderRules: readonly MappingRule[] = [genderRule('49', 'Female'), genderRule('50', 'Male')];

function genderRule(taxonomyId: string, name: string): MappingRule {
  return {
    code: `iab-${taxonomyId}`,
    taxonomyId,
    parent: 'Gender',
    name,
    topic: 'gender',
    expiration: never,
    conditions: [{ column: 'sex', oneOf: [name] }],
    description: `Census column sex: ${name.toLowerCase()} (the census of 1994 knows two).`,
  };
}

// The census says only on which side of 50,000 a person earns. Every narrower entry would be a guess, so both segments carry the
// entry that is true of both: personal income.
const incomeRules: readonly MappingRule[] = [
  incomeRule('to-50000', 'To $50,000', '<=50K', 'to 50,000 dollars a year'),
  incomeRule('over-50000', 'Over $50,000', '>50K', 'over 50,000 dollars a year'),
];

function incomeRule(code: string, segmentName: string, cell: string, what: string): MappingRule {
  return {
    code: `iab-164-${code}`,
    taxonomyId: '164',
    parent: 'Personal Finance',
    name: 'Income (USD)',
    segmentName,
    topic: 'income',
    expiration: never,
    conditions: [{ column: 'income', oneOf: [cell] }],
    description: `Census column income: ${what}. The census knows no more, so the taxonomy entry is Income (USD), not one of its ranges.`,
  };
}

/** The whole mapping. An entry that has narrower ones in use holds their people too. */
export const mappingRules: readonly MappingRule[] = [
  ...ageRules,
  ...genderRules,
  ...educationRules,
  ...employmentRules,
  ...maritalRules,
  ...incomeRules,
];

/** What the provider shares with the buyer; employment and marital status it keeps to itself. */
export const sharedTopics: readonly Topic[] = ['age', 'gender', 'education', 'income'];

export function ruleHolds(rule: MappingRule, person: Person): boolean {
  return rule.conditions.every((condition) => {
    if ('oneOf' in condition) return condition.oneOf.includes(person[condition.column]);
    const number = person[condition.column];
    return number >= condition.from && number <= condition.to;
  });
}
