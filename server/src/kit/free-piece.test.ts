import { describe, expect, it } from 'vitest';
import { freePiece } from './free-piece.ts';

describe('the memory of a piece', () => {
  it('is free at once where nothing else lies in it', () => {
    const piece = new Uint8Array(100_000);
    freePiece(piece);
    expect(piece.length).toBe(0);
  });
  it.each([
    { what: 'more is written behind it', piece: new Uint8Array(200_000).subarray(0, 100_000) },
    { what: 'it is short, and may be shared', piece: Buffer.from('text') },
  ])('stays where $what', ({ piece }) => {
    const { length } = piece;
    freePiece(piece);
    expect(piece.length).toBe(length);
  });
});
