interface NumberText {
  source: string;
}

// Both are in Node 24 and not yet in TypeScript's library.
const { parse, rawJSON } = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: NumberText) => unknown): unknown;
  rawJSON(text: string): unknown;
};

/** JSON with line breaks, numbers in their own digits (ids above 2^53 must survive); text that is no JSON comes back as it is. */
export function prettyJson(text: string): string {
  try {
    const value = parse(text, (_key, part, { source }) => (typeof part === 'number' ? rawJSON(source) : part));
    return JSON.stringify(value, undefined, 2);
  } catch {
    return text;
  }
}
