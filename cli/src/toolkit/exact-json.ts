interface NumberText {
  readonly source: string;
}

// All three are in Node 24 and not yet in TypeScript's library.
const { parse, rawJSON, isRawJSON } = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: NumberText) => unknown): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
};

/** JSON whose numbers keep all their digits: segment ids go beyond 2^53. `JSON.stringify` writes them as they came. Throws SyntaxError. */
export const parseExactJson = (text: string): unknown =>
  parse(text, (_key, value, { source }) => (typeof value === 'number' ? rawJSON(source) : value));

/** An id that came as a number or as a text; undefined for what is no id. */
export function idText(value: unknown): string | undefined {
  if (isRawJSON(value)) return value.rawJSON;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value);
