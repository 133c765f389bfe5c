/** The first word of a before-image: the operation changed nothing; there was no membership; there was this one. */
export const beforeKind = { unchanged: 0, none: 1, held: 2 } as const;
/** Words of a before-image: kind, value, addedAtS, lifetime in minutes (`neverEnds` for ever), source (`sourceFromWord`). */
export const beforeWords = 5;
