import { Refusal, refusal } from '../../kit/refusal.ts';
import { importErrors } from './import-errors.ts';

/** What an import did with one kind of object. */
export interface KindCounts {
  created: number;
  changed: number;
  unchanged: number;
}

/** An object of a file and where it stands: `segments[3] (id 12)`. */
export interface Imported<Fields> {
  readonly object: string;
  readonly fields: Fields;
}

export const noCounts = (): KindCounts => ({ created: 0, changed: 0, unchanged: 0 });

/** The fields of `wanted` that differ from what is there. Fields that were not sent differ never. */
export function differing<Row extends object>(before: Row, wanted: Partial<Row>): Partial<Row> | undefined {
  const changed = Object.entries(wanted).filter(([field, value]) => value !== undefined && value !== before[field as keyof Row]);
  return changed.length === 0 ? undefined : (Object.fromEntries(changed) as Partial<Row>);
}

/** The file contradicts what is there. @returns the refusal of the whole file, naming the object */
export const importConflict = (object: string, fault: string, cause?: unknown) =>
  refusal(importErrors.conflict, { object, fault }, { cause });

/** The highest id that a list brings; new ids start behind it. */
export const highestId = (list: readonly Imported<{ readonly id?: number }>[]): number =>
  list.reduce((highest, { fields }) => Math.max(highest, fields.id ?? 0), 0);

/** Runs rules that speak of the wire, and lets their refusals name the object of the file. */
export async function inWordsOfImport<T>(object: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw importConflict(object, error.message.replace(`${object}.`, '').replace(/\.$/, ''), error);
  }
}
