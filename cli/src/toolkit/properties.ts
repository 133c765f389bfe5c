const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/**
 * Java's .properties format: `key=value`, `key: value` or `key value`; `#` and `!` begin comments; a backslash at a line's end goes on in the
 * next one; `\\`, `\=`, `\n` and `\uXXXX` are escapes. A key that is there twice has its last value. A byte order mark is ignored.
 */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of logicalLines(text.replace(/^\uFEFF/, ''))) {
    const [, key = '', value = ''] = /^((?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/s.exec(line) ?? [];
    found.set(unescaped(key), unescaped(value));
  }
  return found;
}

function* logicalLines(text: string): Generator<string, void, undefined> {
  let begun: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (begun === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const whole = (begun ?? '') + line;
    const goesOn = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    begun = goesOn ? whole.slice(0, -1) : undefined;
    if (!goesOn) yield whole;
  }
  if (begun !== undefined) yield begun;
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:u([\da-fA-F]{4})|(.))/gs, (_, code: string | undefined, letter: string | undefined) =>
    code === undefined ? (escapes[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );
