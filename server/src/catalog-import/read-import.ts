import type { Static } from 'typebox';
import { isObject, kindOf } from '../http/read-body.ts';
import { readObject, requireFields } from '../http/read-object.ts';
import { Refusal, refusal } from '../kit/refusal.ts';
import { importErrors } from '../storage/sql/import-errors.ts';
import type { Imported } from '../storage/sql/import-parts.ts';
import { type ImportKind, importKindNames, importKinds } from './import-schema.ts';

type FieldsOf<Kind extends ImportKind> = Partial<Static<(typeof importKinds)[Kind]['schema']>>;

/** A file, read field by field and not yet compared with anything. */
export type ImportFile = { readonly [Kind in ImportKind]: readonly Imported<FieldsOf<Kind>>[] } & { readonly testPasswords: boolean };

/**
 * Reads a file strictly: an unknown key is refused, because data would be lost without a word.
 * @throws Refusal import.malformed with the path
 */
export function readImport(top: Readonly<Record<string, unknown>>): ImportFile {
  const malformed = (path: string, fault: string) => refusal(importErrors.malformed, { path, fault });
  for (const key of Object.keys(top))
    if (key !== 'test_passwords' && !importKindNames.includes(key as ImportKind))
      throw malformed(key.slice(0, 60), `is unknown; a file holds ${importKindNames.join(', ')}`);
  const testPasswords = top.test_passwords ?? false;
  if (typeof testPasswords !== 'boolean') throw malformed('test_passwords', 'must be true or false');
  const kinds = importKindNames.map((kind) => [kind, readKind(kind, top[kind] ?? [], malformed)]);
  return { ...(Object.fromEntries(kinds) as Omit<ImportFile, 'testPasswords'>), testPasswords };
}

function readKind(kind: ImportKind, list: unknown, malformed: (path: string, fault: string) => Error): Imported<object>[] {
  if (!Array.isArray(list)) throw malformed(kind, `must be an array, not ${kindOf(list)}`);
  const { schema, required } = importKinds[kind];
  const seen = new Set<string>();
  return list.map((item: unknown, index) => {
    const path = `${kind}[${index}]`;
    if (!isObject(item)) throw malformed(path, `must be an object, not ${kindOf(item)}`);
    const warnings: string[] = [];
    const fields = readStrictly(() => {
      const read = readObject(schema, item, path, warnings);
      requireFields(read, required, path);
      return read;
    });
    const [unknown] = warnings;
    if (unknown !== undefined) throw malformed(unknown.replace(/ and was ignored$/, ''), 'take it out or mend its name');
    const key = required[0] === 'id' ? String(fields.id) : Object.values(fields).join(':');
    if (seen.has(key)) throw malformed(path, `is there twice (${required[0] === 'id' ? `id ${key}` : key})`);
    seen.add(key);
    return { object: 'id' in fields ? `${path} (id ${fields.id})` : path, fields };
  });
}

/** A field's fault in the words of the import. */
function readStrictly<T extends object>(read: () => T): T & { readonly id?: unknown } {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [path = '', ...fault] = error.message.split(' ');
    throw refusal(importErrors.malformed, { path, fault: fault.join(' ') }, { cause: error });
  }
}
