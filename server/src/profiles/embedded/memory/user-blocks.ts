/** Users come in blocks of 64 ordinals: due times and read versions are kept, and profiles visited, by block. */
export const blockShift = 6;
export const usersPerBlock = 1 << blockShift;
