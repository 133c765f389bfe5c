import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/** One row of the census file (cli/assets/README.md). Empty text is unknown. */
export interface Person {
  /** 1, 2, 3 … as in the file. */
  person: number;
  age: number;
  workclass: string;
  education: string;
  marital_status: string;
  occupation: string;
  sex: string;
  hours_per_week: number;
  income: string;
}

export const censusFile = new URL('../../assets/census-people.csv.gz', import.meta.url);

const header = 'person,age,workclass,education,marital_status,occupation,sex,hours_per_week,income';

export async function readCensusPeople(file: URL = censusFile): Promise<Person[]> {
  return parseCensusPeople(gunzipSync(await readFile(file)).toString('utf8'));
}

/** The file has no quotes and no commas in its cells, which the header check stands for. */
export function parseCensusPeople(text: string): Person[] {
  const [first, ...lines] = text.split('\n').filter((line) => line !== '');
  if (first !== header) throw new Error(`the census file begins with "${first}" instead of "${header}"`);
  return lines.map((line) => {
    const [person, age, workclass, education, marital, occupation, sex, hours, income] = line.split(',');
    return {
      person: Number(person),
      age: Number(age),
      workclass: workclass ?? '',
      education: education ?? '',
      marital_status: marital ?? '',
      occupation: occupation ?? '',
      sex: sex ?? '',
      hours_per_week: Number(hours),
      income: income ?? '',
    };
  });
}

const firstUserId = 9_100_000_000_000_000_000n;

/**
 * The user id of a person: 9100000000000000000 plus the number in the file, the same on every run. Above 2^53 on purpose: as
 * JavaScript numbers, neighbours up to 1,024 apart would all become one user.
 */
export function userIdOf(person: number): string {
  return (firstUserId + BigInt(person)).toString();
}
