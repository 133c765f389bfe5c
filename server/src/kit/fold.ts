/**
 * Folds text for comparison without case: the one function by which folded columns are written and searched, so that every
 * database answers alike. Lower, upper, lower case (`ẞ` gets to `ß` only by lower and `ß` to `SS` only by upper case), each
 * character for itself, so that one's neighbours never matter (a final sigma folds like any other); `ß` folds to `ss`, `İ` to
 * `i` with a dot above.
 */
export function fold(text: string): string {
  let folded = '';
  for (const character of text.normalize('NFC')) folded += character.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return folded.normalize('NFC');
}
