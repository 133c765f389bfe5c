import { describe, expect, it } from 'vitest';
import { Refusal } from '../kit/refusal.ts';
import { Parameters } from './parameters.ts';

const refusalOf = (work: () => unknown): Refusal => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error('nothing was refused');
};

describe('parameters', () => {
  it('drops blanks around names', () => {
    expect(new Parameters('id=1&%20%20append=true&+x+=2').flag('append')).toBe(true);
    expect(new Parameters('+x+=2').text('x')).toBe('2');
  });
  it('reads + and %20 as blanks, and %2B as a plus', () => {
    expect(new Parameters('a=2015-11-01+01:00:00').text('a')).toBe('2015-11-01 01:00:00');
    expect(new Parameters('a=x%20y%2Bz').text('a')).toBe('x y+z');
  });
  it('keeps further equals signs in the value', () => expect(new Parameters('a=b=c').text('a')).toBe('b=c'));
  it('passes over empty parts', () => expect(new Parameters('&&a=1&').unread()).toEqual(['a']));
  it('knows what nobody asked for', () => {
    const parameters = new Parameters('a=1&b=2&__proto__=3');
    parameters.text('a');
    expect(parameters.unread()).toEqual(['b', '__proto__']);
  });
  it('finds nothing of an object’s own', () => expect(new Parameters('').text('constructor')).toBeUndefined());
  it('refuses a name that is there twice', () => {
    expect(refusalOf(() => new Parameters('id=1&id=2')).message).toContain('id is there twice');
  });
  it('refuses it among very many too, and reads all of them', () => {
    const many = Array.from({ length: 100 }, (_, at) => `p${at}=${at}`);
    const parameters = new Parameters(many.join('&'));
    expect(parameters.text('p99')).toBe('99');
    expect(parameters.unread()).toEqual(many.slice(0, 99).map((part) => part.slice(0, part.indexOf('='))));
    for (const twice of ['p0', 'p32', 'p33', 'p99'])
      expect(refusalOf(() => new Parameters([...many, twice].join('&'))).message).toContain(`${twice} is there twice`);
  });
  it.each(['a=%zz', 'a=%E0%A4%A', '%=1'])('refuses broken percent-encoding without showing it: %s', (query) => {
    const { kind, message } = refusalOf(() => new Parameters(query));
    expect(kind.status).toBe(400);
    expect(message).not.toContain('%');
  });
  it('never shows a secret that cannot be decoded', () => {
    expect(refusalOf(() => new Parameters('access_token=foyer-secret%')).message).not.toContain('secret');
  });
});

describe('a flag', () => {
  it.each(['f', 'f=', 'f=1', 'f=true', 'f=True', 'f=TRUE'])('%s is on', (query) => expect(new Parameters(query).flag('f')).toBe(true));
  it.each(['f=0', 'f=false', 'f=False'])('%s is off', (query) => expect(new Parameters(query).flag('f')).toBe(false));
  it('is undefined where it is absent', () => expect(new Parameters('').flag('f')).toBeUndefined());
  it.each(['f=yes', 'f=2', 'f=tru'])('%s is refused: unread, it could wipe a list', (query) => {
    expect(refusalOf(() => new Parameters(query).flag('f')).kind.errorId).toBe('SYNTAX');
  });
});

describe('a number', () => {
  it.each([
    ['n=0', 0],
    ['n=7', 7],
    ['n=007', 7],
  ])('%s', (query, value) => expect(new Parameters(query).integer('n')).toBe(value));
  it.each(['n=', 'n', 'n=-1', 'n=1.5', 'n=1e3', 'n=abc', 'n=0x10', 'n=99999999999999999999'])('%s is refused', (query) => {
    expect(refusalOf(() => new Parameters(query).integer('n')).kind.status).toBe(400);
  });
});

describe('ids', () => {
  it('are read by comma, blanks allowed', () => expect(new Parameters('id=1,2,+3').ids('id')).toEqual([1, 2, 3]));
  it.each(['id=', 'id=1,', 'id=a', 'id=-1', 'id=1.0', 'id=9007199254740993'])('%s is refused', (query) => {
    expect(refusalOf(() => new Parameters(query).ids('id')).kind.status).toBe(400);
  });
  it('one id is one', () => expect(refusalOf(() => new Parameters('id=1,2').id('id')).message).toContain('must be one id'));
});
