import type { Source, SourceKind } from './profile-store.ts';

/** Kinds by their number in the packed form; the numbers are stored: never change one, only add (7 at most). */
const kinds: readonly SourceKind[] = ['pixel', 'instant', 'batch', 'share'];
const jobBits = 28;
const mostJob = 2 ** jobBits - 1;

/** A source in one word: the kind in 3 bits below the top one, which is 0 and the engine's own; the job in the rest. */
export function sourceToWord(source: Source): number {
  if (!Number.isInteger(source.job) || source.job < 0 || source.job > mostJob)
    throw new RangeError(`a source's job cannot be ${source.job}`);
  return ((kinds.indexOf(source.kind) << jobBits) | source.job) >>> 0;
}

let lastWord = 0;
let lastSource: Source = { kind: 'pixel', job: 0 };

/** The same object for the same word as last time: a profile's memberships often have one source, and nobody may write to it. */
export function sourceFromWord(word: number): Source {
  if (word !== lastWord) {
    lastSource = { kind: kinds[word >>> jobBits] ?? 'pixel', job: word & mostJob };
    lastWord = word;
  }
  return lastSource;
}
