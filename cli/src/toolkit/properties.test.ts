import { describe, expect, it } from 'vitest';
import { parseProperties } from './properties.ts';

const parsed = (text: string): Record<string, string> => Object.fromEntries(parseProperties(text));

describe('parseProperties', () => {
  it('reads keys and values, however they are parted', () => {
    expect(parsed('a=1\nb: 2\r\nc 3\n  d = x y \ne\nf=\n')).toEqual({ a: '1', b: '2', c: '3', d: 'x y ', e: '', f: '' });
  });

  it('passes over comments and empty lines, and takes a key that is there twice by its last value', () => {
    expect(parsed('# a=1\n  ! b=2\n\nc=3#no comment\nc=4\n')).toEqual({ c: '4' });
  });

  it('goes on behind a backslash at the end of a line, not behind two', () => {
    expect(parsed('list=one,\\\n     two,\\\n  three\nnext=a\\\\\nlast=b\\')).toEqual({ list: 'one,two,three', next: 'a\\', last: 'b' });
  });

  it('knows escapes in keys and values', () => {
    expect(parsed('a\\=b=\\u00e9\\t\\:\\x\nC\\:\\\\d = C:\\\\data')).toEqual({ 'a=b': 'é\t:x', 'C:\\d': 'C:\\data' });
  });

  it('passes over a byte order mark', () => {
    expect(parsed('\uFEFFa=1')).toEqual({ a: '1' });
  });
});
