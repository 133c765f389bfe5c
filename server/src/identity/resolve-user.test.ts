import { describe, expect, it } from 'vitest';
import { asMemberId } from '../kit/ids.ts';
import { deviceDomainOf, eidSources, resolveDeviceId, resolveEid, resolveExternalId, resolveIfa, resolveUserId } from './resolve-user.ts';

const uuid = '0f1e2d3c-0319-4abc-8def-101234567890';
const bareUuid = uuid.replaceAll('-', '');
const sha1 = 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3e4f5a0b1';
const md5 = 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3';

describe('resolveUserId', () => {
  it.each([
    ['1', 1n],
    ['9007199254740993', 9007199254740993n],
    ['12345678900987654321', 12345678900987654321n],
    ['9999999999999999999', 9999999999999999999n],
    ['18446744073709551615', 18446744073709551615n],
  ])('%s is a user id, exactly', (text, id) => {
    expect(resolveUserId(text)).toEqual({ kind: 'user', id });
  });

  it.each([
    '',
    '0',
    '-1',
    '01',
    '18446744073709551616',
    '99999999999999999999',
    '100000000000000000000',
    ' 1',
    '1 ',
    '+1',
    '1.0',
    '1e3',
    'abc',
    '0x10',
    '١',
    '1\n',
  ])('%j is none', (text) => {
    expect(resolveUserId(text)).toBe('malformed-id');
  });
});

describe('resolveDeviceId', () => {
  it.each(['idfa', 'aaid', 'windowsadid', 'rida', 'tifa', 'vida', 'lgudid'])(
    '%s takes UUIDs in any case, with hyphens or none',
    (domain) => {
      const canonical = { kind: 'device', domain, id: uuid };
      for (const text of [uuid, uuid.toUpperCase(), bareUuid, bareUuid.toUpperCase()])
        expect(resolveDeviceId(domain, text)).toEqual(canonical);
      expect(resolveDeviceId(domain.toUpperCase(), uuid)).toEqual(canonical);
    },
  );

  it.each([
    ['sha1udid', sha1],
    ['openudid', sha1],
    ['md5udid', md5],
  ])('%s takes hex digits and keeps them without hyphens', (domain, id) => {
    expect(resolveDeviceId(domain, id.toUpperCase())).toEqual({ kind: 'device', domain, id });
  });

  it('takes sh1udid for sha1udid, in any case', () => {
    expect(resolveDeviceId('Sh1uDid', sha1)).toEqual({ kind: 'device', domain: 'sha1udid', id: sha1 });
  });

  it.each([
    ['idfa', '00000000-0000-0000-0000-000000000000'],
    ['idfa', '00000000000000000000000000000000'],
    ['idfa', `${uuid} `],
    ['idfa', ` ${bareUuid}`],
    ['idfa', uuid.slice(1)],
    ['idfa', `${uuid}0`],
    ['idfa', uuid.replace('f', 'g')],
    ['idfa', '0f1e2d3c0319-4abc-8def-101234567890'],
    ['idfa', '0f1e2d3c-03194-abc-8def-101234567890'],
    ['idfa', sha1],
    ['md5udid', uuid],
    ['md5udid', sha1],
    ['sha1udid', md5],
    ['openudid', `${sha1.slice(1)}g`],
    ['idfa', ''],
  ])('in %s, %j names nobody', (domain, text) => {
    expect(resolveDeviceId(domain, text)).toBe('malformed-id');
  });

  it.each(['sha1mac', 'SHA1MAC', 'domain', '', 'idfa ', '6', '3', 'toString', '__proto__', 'external'])(
    '%j is no device domain',
    (domain) => {
      expect(deviceDomainOf(domain)).toBeUndefined();
      expect(resolveDeviceId(domain, uuid)).toBe('unknown-domain');
    },
  );
});

describe('resolveExternalId', () => {
  const member = asMemberId(7);

  it.each(['a', ' a ', 'Äpfel', 'x'.repeat(255), '😀'.repeat(255), '7652', 'A', '\u0000'])('keeps %j as written', (id) => {
    expect(resolveExternalId(member, id)).toEqual({ kind: 'external', member, id });
  });

  it.each(['', 'x'.repeat(256), '😀'.repeat(256), 'a;b', ';', '\ud800', 'a\udc00'])('refuses %j', (id) => {
    expect(resolveExternalId(member, id)).toBe('malformed-id');
  });
});

describe('resolveEid', () => {
  const sources = eidSources(['LiveRamp.com', 'netid.de']);

  it('folds the source and keeps the id', () => {
    expect(resolveEid('NetID.de', 'AbC', sources)).toEqual({ kind: 'eid', source: 'netid.de', id: 'AbC' });
    expect(resolveEid('liveramp.com', 'x'.repeat(512), sources)).toEqual({ kind: 'eid', source: 'liveramp.com', id: 'x'.repeat(512) });
  });

  it('refuses sources that are not listed', () => {
    expect(resolveEid('other.example', 'a', sources)).toBe('unlisted-source');
    expect(resolveEid(' netid.de', 'a', sources)).toBe('unlisted-source');
  });

  it.each(['', 'x'.repeat(513), '\udfff'])('refuses the id %j', (id) => {
    expect(resolveEid('netid.de', id, sources)).toBe('malformed-id');
  });
});

describe('resolveIfa', () => {
  it('makes a device id of a type that is a device domain, so that both name one user', () => {
    expect(resolveIfa('IDFA', uuid.toUpperCase())).toEqual(resolveDeviceId('idfa', bareUuid));
    expect(resolveIfa('sh1udid', sha1)).toEqual(resolveDeviceId('sha1udid', sha1));
    expect(resolveIfa('rida', 'not-a-uuid')).toBe('malformed-id');
  });

  it('takes any other word as a type and gives UUIDs their canonical form', () => {
    expect(resolveIfa('PPID', 'Abc')).toEqual({ kind: 'ifa', type: 'ppid', id: 'Abc' });
    expect(resolveIfa('atif', bareUuid.toUpperCase())).toEqual({ kind: 'ifa', type: 'atif', id: uuid });
    expect(resolveIfa('sspid', 'x'.repeat(128))).toEqual({ kind: 'ifa', type: 'sspid', id: 'x'.repeat(128) });
  });

  it.each([
    ['', 'a', 'malformed-type'],
    ['two words', 'a', 'malformed-type'],
    ['a\u0000b', 'a', 'malformed-type'],
    ['sha1mac', sha1, 'malformed-type'],
    ['ppid', '', 'malformed-id'],
    ['ppid', 'x'.repeat(129), 'malformed-id'],
    ['afai', '00000000-0000-0000-0000-000000000000', 'malformed-id'],
  ])('refuses type %j with id %j', (type, id, fault) => {
    expect(resolveIfa(type, id)).toBe(fault);
  });
});
