/** Bytes beyond ASCII that stand in a URL unencoded, as node:http gives them. */
const beyondAscii = /[\u0080-\u00ff]/g;
const encodedRun = /(?:%[0-9a-fA-F]{2})+/g;
/** Most parameters hold nothing that needs decoding, and looking for it is far cheaper. */
const needsDecoding = /[%\u0080-\u00ff]/;

const encodedByte = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** Percent-decodes UTF-8 once. A plus sign is a plus sign. Undefined where the encoding is broken. @param text as it stood in the URL */
export function percentDecoded(text: string): string | undefined {
  if (!needsDecoding.test(text)) return text;
  try {
    return decodeURIComponent(text.replace(beyondAscii, encodedByte));
  } catch {
    return undefined;
  }
}

/** The same, but what is broken stays as it was written. */
export function percentDecodedInPart(text: string): string {
  if (!needsDecoding.test(text)) return text;
  const ascii = text.replace(beyondAscii, encodedByte);
  return ascii.includes('%') ? ascii.replace(encodedRun, decodedRun) : ascii;
}

function decodedRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}

/** Percent-encodes whatever a header may not hold: all but visible ASCII. Lone surrogates become the replacement character. */
export const visibleAscii = (text: string): string =>
  text.toWellFormed().replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
