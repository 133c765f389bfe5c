import { type Buffer, isUtf8 } from 'node:buffer';
import { refusal } from '../kit/refusal.ts';
import { httpErrors } from './http-errors.ts';
import { shortened } from './parameters.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The body as a JSON object, whatever its content type. */
export function readJsonObject(body: Buffer): JsonObject {
  if (body.length === 0) throw refusal(httpErrors.missingBody);
  if (!isUtf8(body)) throw refusal(httpErrors.unreadableBody, { fault: 'it holds bytes that are not UTF-8' });
  const value = parsed(body.toString('utf8'));
  if (!isObject(value)) throw refusal(httpErrors.notAnObject, { found: kindOf(value) });
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(httpErrors.unreadableBody, { fault: faultOf(text, error) }, { cause: error });
  }
}

/** Where JSON ends to be JSON, without the text itself: bodies may hold secrets. */
function faultOf(text: string, error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position === undefined) return 'it ends too early or holds something that is no JSON';
  const before = text.slice(0, Number(position)).split('\n');
  return `unexpected text at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The most objects in one call, where it has no limit of its own: they are all or nothing, and others that write wait until they are done. */
const objectLimit = 10_000;

/** One object under the singular key, or several under the plural one (platform.md section 1). */
export type Container =
  | { readonly form: 'one'; readonly object: JsonObject }
  | { readonly form: 'many'; readonly objects: readonly JsonObject[] };

/**
 * Reads the container of a body. `-` and `_` in its key are equal; other keys earn a warning.
 * @throws Refusal http.wrongContainer for a wrong container, an empty array, both or neither key.
 */
export function readContainer(body: Buffer, singular: string, plural: string, warnings: string[], limit = objectLimit): Container {
  const top = readJsonObject(body);
  let one: unknown;
  let many: unknown;
  let found = 0;
  for (const [key, value] of Object.entries(top)) {
    const name = key.replaceAll('-', '_');
    if (name === singular) one = value;
    else if (name === plural) many = value;
    else {
      warnings.push(`The body's key '${shortened(key)}' is unknown and was ignored`);
      continue;
    }
    found += 1;
  }
  const wrong = (fault: string) => refusal(httpErrors.wrongContainer, { fault });
  if (found === 0) throw wrong(`The body must hold the key '${singular}' with an object or '${plural}' with an array`);
  if (found > 1) throw wrong(`The body must hold either '${singular}' or '${plural}', not both`);
  if (many === undefined) {
    if (!isObject(one)) throw wrong(`'${singular}' must be an object, not ${kindOf(one)}; an array belongs under '${plural}'`);
    return { form: 'one', object: one };
  }
  if (!Array.isArray(many)) throw wrong(`'${plural}' must be an array, not ${kindOf(many)}; an object belongs under '${singular}'`);
  if (many.length > limit) throw refusal(httpErrors.tooManyObjects, { plural, count: many.length, limit });
  if (many.length === 0) throw wrong(`'${plural}' must not be empty`);
  for (const [index, item] of many.entries())
    if (!isObject(item)) throw wrong(`${plural}[${index}] must be an object, not ${kindOf(item)}`);
  return { form: 'many', objects: many as JsonObject[] };
}

/** Reads a container that takes one object only. */
export function readOne(body: Buffer, singular: string, warnings: string[]): JsonObject {
  const container = readContainer(body, singular, `${singular}s`, warnings);
  if (container.form === 'one') return container.object;
  throw refusal(httpErrors.wrongContainer, { fault: `The body must hold one object under '${singular}'` });
}
