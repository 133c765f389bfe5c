import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { environmentName, options } from './options.ts';

const read = (environment: Record<string, string>, flags = {}) => readConfig(environment, flags).config;

describe('settings', () => {
  it('are at their defaults where nothing is set, or set to nothing', () => {
    const defaults = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
    expect(read({})).toEqual(defaults);
    expect(read({ FOYER_PORT: '' }).port).toBe(8080);
  });
  it('take names from their keys', () => expect(environmentName('trustProxy')).toBe('FOYER_TRUST_PROXY'));
  it('let flags win', () => expect(read({ FOYER_PORT: '1' }, { port: '2' }).port).toBe(2));
  it.each([
    [{ FOYER_TRUST_PROXY: '2' }, { trustProxy: 2 }],
    [{ FOYER_HOT_ROUTES: 'off' }, { hotRoutes: false }],
    [{ FOYER_HOT_ROUTES: '1' }, { hotRoutes: true }],
    [{ FOYER_ALLOW_WEAK: 'Yes' }, { allowWeak: true }],
    [{ FOYER_EID_SOURCES: 'a.com, b.com,' }, { eidSources: ['a.com', 'b.com'] }],
    [{ FOYER_DURABILITY: 'os' }, { durability: 'os' }],
    [{}, { tcfVendorId: 0 }],
    [{ FOYER_TCF_VENDOR_ID: '755' }, { tcfVendorId: 755 }],
    [{ FOYER_SECRET_KEY: 'aB'.repeat(32) }, { secretKey: 'aB'.repeat(32) }],
    [{ FOYER_SECRET_KEY: `${'A+/z'.repeat(10)}ABE=` }, { secretKey: `${'A+/z'.repeat(10)}ABE=` }],
  ])('%o', (environment, expected) => expect(read(environment)).toMatchObject(expected));
});

describe('a setting that cannot be used is refused by its name', () => {
  it.each([
    [{ FOYER_PORT: 'abc' }, "FOYER_PORT must be a whole number from 0 to 65535; it is 'abc'"],
    [{ FOYER_PORT: '65536' }, 'FOYER_PORT must be a whole number'],
    [{ FOYER_PORT: '-1' }, 'FOYER_PORT must be a whole number'],
    [{ FOYER_HOT_ROUTES: 'maybe' }, "FOYER_HOT_ROUTES must be on or off; it is 'maybe'"],
    [{ FOYER_TCF_VENDOR_ID: '65536' }, "FOYER_TCF_VENDOR_ID must be a whole number from 0 to 65535; it is '65536'"],
    [{ FOYER_SECRET_KEY: 'aB'.repeat(31) }, 'FOYER_SECRET_KEY must be 64 hex digits or base64 of 32 bytes'],
    [{ FOYER_SECRET_KEY: 'correct horse' }, 'FOYER_SECRET_KEY must be 64 hex digits or base64 of 32 bytes'],
    [{ FOYER_DURABILITY: 'never' }, 'FOYER_DURABILITY must be one of fsync, os'],
  ])('%o', (environment, text) => {
    expect(() => read(environment)).toThrow(ConfigError);
    expect(() => read(environment)).toThrow(text);
  });
  it('or by its flag', () => {
    expect(() => read({}, { port: 'x' })).toThrow('--port must be');
    expect(() => read({}, { data: '' })).toThrow('--data must not be empty');
  });
});

it('a FOYER_ variable that is no setting is named, because it would do nothing without a word', () => {
  const { warnings } = readConfig({ FOYER_PROT: '1', FOYER_TEST_FULL: '1', PATH: '/bin' });
  expect(warnings).toEqual([expect.stringContaining('FOYER_PROT is not a setting')]);
});
