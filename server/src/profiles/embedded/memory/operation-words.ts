/** Words of an operation: the engine's number of the segment (0: nothing is done), value, addedAtS, lifetime or mark. */
export const operationWords = 4;
