import { describe, expect, it } from 'vitest';
import type { Endpoint, HashAlgorithm } from '../endpoints/endpoint.ts';
import { isLegalPair, type Mapping, resolveMapping } from './mapping.ts';
import { suggestMapping } from './suggest.ts';

const typed = (text: string) =>
  text.split(' ').flatMap((part) => {
    const [name = '', type = 'string'] = part.replace('!', '').split(':');
    return name === '' ? [] : [{ name, type, isRequired: part.endsWith('!') }];
  });

const endpoint = (identifiers: string, attributes = '', hashAlgorithm: HashAlgorithm = 'NONE'): Endpoint => ({
  id: 1,
  memberId: 10,
  kind: 'custom',
  applicationId: null,
  name: 'E',
  providerName: null,
  description: null,
  status: 'ACTIVE',
  formerStatus: null,
  hashAlgorithm,
  source: null,
  destination: null,
  identifiers: typed(identifiers),
  attributes: typed(attributes),
  definition: null,
  connectType: 'INSTRUCTIONS',
  authType: null,
  credentials: null,
  lastError: null,
  refreshedOn: null,
  createdOn: 0,
});
const audience = (identifiers: string, attributes = '') => ({
  columns: [
    ...typed(identifiers).map((column) => ({ ...column, isIdentifier: true })),
    ...typed(attributes).map((column) => ({ ...column, isIdentifier: false })),
  ],
});
const mapping = (
  sourceIdentifiers: string[],
  destinationIdentifier: string,
  attributeMappings: Record<string, string> = {},
  shareAction: Mapping['shareAction'] = 'ADD',
): Mapping => ({ identityMapping: { sourceIdentifiers, destinationIdentifier }, attributeMappings, shareAction });

const source = endpoint('homeemail:email phone:phone', 'tier:string born:date spend:number');
const offered = audience('homeemail phone', 'tier born:date spend:number street:address');
const destination = endpoint('email:email', 'level:string! since:datetime total:number flag:boolean');
const fieldsOf = (given: Mapping, to = destination): string[] =>
  resolveMapping(source, offered, to, given).problems.map(({ field }) => field);

describe('resolveMapping', () => {
  it('finds names ignoring case; types are the registration’s before the audience’s', () => {
    expect(
      resolveMapping(source, offered, destination, mapping(['HomeEmail'], 'EMAIL', { SPEND: 'Level', born: 'since' })).resolved,
    ).toEqual({
      sourceIdentifiers: [{ name: 'homeemail', type: 'email' }],
      destinationIdentifier: { name: 'email', type: 'email', isRequired: false },
      attributes: [
        { source: { name: 'spend', type: 'number' }, destination: { name: 'level', type: 'string', isRequired: true } },
        { source: { name: 'born', type: 'date' }, destination: { name: 'since', type: 'datetime', isRequired: false } },
      ],
      sourceHash: 'NONE',
      destinationHash: 'NONE',
    });
  });

  it('takes what the audience alone knows, and what the registration alone knows where the audience lists nothing', () => {
    const to = endpoint('email:email', 'level:string');
    expect(resolveMapping(source, offered, to, mapping(['homeemail'], 'email', { street: 'level' })).resolved).toBeDefined();
    expect(resolveMapping(source, audience(''), to, mapping(['homeemail'], 'email', { tier: 'level' })).resolved).toBeDefined();
    const unregistered = resolveMapping(endpoint(''), audience('mail:email'), to, mapping(['mail'], 'email'));
    expect(unregistered.resolved?.sourceIdentifiers).toEqual([{ name: 'mail', type: 'email' }]);
  });

  it.each<[string[], Mapping]>([
    [['identityMapping.sourceIdentifiers.0'], mapping(['phone'], 'email', { tier: 'level' })],
    [['identityMapping.sourceIdentifiers.1'], mapping(['homeemail', 'phone'], 'email', { tier: 'level' })],
    [['identityMapping.sourceIdentifiers.0'], mapping(['workemail'], 'email', { tier: 'level' })],
    [['identityMapping.sourceIdentifiers.0'], mapping(['tier'], 'email', { tier: 'level' })],
    [['identityMapping.sourceIdentifiers.1'], mapping(['homeemail', 'HOMEEMAIL'], 'email', { tier: 'level' })],
    [['identityMapping.destinationIdentifier'], mapping(['homeemail'], 'level', { tier: 'level' })],
    [['attributeMappings'], mapping(['homeemail'], 'email', { born: 'since' })],
    [['attributeMappings.shoesize'], mapping(['homeemail'], 'email', { tier: 'level', shoesize: 'total' })],
    [['attributeMappings.phone'], mapping(['homeemail'], 'email', { phone: 'level' })],
    [['attributeMappings.spend'], mapping(['homeemail'], 'email', { tier: 'level', spend: 'sum' })],
    [['attributeMappings.spend'], mapping(['homeemail'], 'email', { tier: 'level', spend: 'flag' })],
    [['attributeMappings.spend'], mapping(['homeemail'], 'email', { tier: 'level', spend: 'LEVEL' })],
    [['attributeMappings.TIER'], mapping(['homeemail'], 'email', { tier: 'level', TIER: 'since' })],
    [
      [
        'identityMapping.destinationIdentifier',
        'identityMapping.sourceIdentifiers.0',
        'attributeMappings.nope',
        'attributeMappings.nope',
        'attributeMappings',
      ],
      mapping(['x'], 'y', { nope: 'neither' }),
    ],
  ])('names as wrong %j', (fields, given) => expect(fieldsOf(given)).toEqual(fields));

  it('ignores attributes on REMOVE, required ones too', () => {
    const removing = resolveMapping(source, offered, destination, mapping(['homeemail'], 'email', { nope: 'neither' }, 'REMOVE'));
    expect([removing.problems, removing.resolved?.attributes]).toEqual([[], []]);
  });

  it('says which attribute a problem goes away with, so that a run can do without an optional one', () => {
    const given = mapping(['homeemail'], 'email', { tier: 'level', removed: 'total' });
    const [problem] = resolveMapping(source, offered, destination, given).problems;
    expect(problem?.attribute).toBe('removed');
    const { removed: _, ...rest } = given.attributeMappings;
    expect(resolveMapping(source, offered, destination, { ...given, attributeMappings: rest }).problems).toEqual([]);
  });

  it('describes types that differ as exchange.md E15 does', () => {
    const [problem] = resolveMapping(source, offered, endpoint('email:email'), mapping(['phone'], 'email')).problems;
    expect(problem).toMatchObject({ source: 'phone:phone', destination: 'email:email' });
  });

  it.each<[HashAlgorithm, HashAlgorithm, boolean]>([
    ['NONE', 'NONE', true],
    ['NONE', 'MD5', true],
    ['SHA256', 'SHA256', true],
    ['EMAIL_SHA256', 'EMAIL_SHA256', true],
    ['EMAIL_SHA256', 'MD5', false],
    ['EMAIL_SHA256', 'SHA256', false],
    ['SHA256', 'NONE', false],
  ])('from %s into %s: legal is %s', (from, into, legal) => {
    const given = resolveMapping(endpoint('e:email', '', from), audience('e'), endpoint('e:email', '', into), mapping(['e'], 'e'));
    expect(given.resolved !== undefined).toBe(legal);
  });
});

describe('isLegalPair', () => {
  it('is the same type, any onto string, date onto datetime, and no other', () => {
    const types = ['string', 'number', 'boolean', 'date', 'datetime', 'address'];
    const legal = types.flatMap((from) =>
      types.filter((to) => isLegalPair({ name: 'a', type: from }, { name: 'b', type: to })).map((to) => `${from} ${to}`),
    );
    const ontoStrings = types.flatMap((from) => [`${from} string`, `${from} address`]);
    const others = ['number number', 'boolean boolean', 'date date', 'date datetime', 'datetime datetime'];
    expect(legal.toSorted()).toEqual([...ontoStrings, ...others].toSorted());
  });
});

describe('suggestMapping', () => {
  it('takes all sources of the type, the same-named one first, and attributes of the same name and type', () => {
    const from = endpoint('workemail:email email:email phone:phone', 'Tier:string joined:date score:number');
    const to = endpoint('email:email', 'tier:string joined:datetime score:number country:string!');
    expect(suggestMapping(from, audience('workemail email phone', 'Tier joined:date score:number'), to)).toEqual({
      identityMapping: { sourceIdentifiers: ['email', 'workemail'], destinationIdentifier: 'email' },
      attributeMappings: { Tier: 'tier', score: 'score' },
      unmappedRequired: ['country'],
    });
  });

  it('prefers required identifiers, then those of the same name', () => {
    const from = endpoint('mail:email phone:phone idfa:idfa');
    const suggested = (to: string): string | undefined =>
      suggestMapping(from, audience('mail phone idfa'), endpoint(to)).identityMapping?.destinationIdentifier;
    expect(suggested('address:email phone:phone')).toBe('phone');
    expect(suggested('address:email! phone:phone')).toBe('address');
    expect(suggested('appleid:appleid! phone:phone')).toBe('phone');
    expect(suggested('appleid:appleid')).toBeUndefined();
  });
});
