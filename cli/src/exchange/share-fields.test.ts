import { describe, expect, it } from 'vitest';
import { FoyerClient } from '@foyer/sdk/client.ts';
import { TestCall } from '../call.fixture.ts';
import type { OptionValues } from '../command.ts';
import { ExchangeClient } from './exchange-client.ts';
import { shareOf } from './share-fields.ts';

const exchange = new ExchangeClient(new FoyerClient({ baseUrl: 'http://127.0.0.1:1' }), undefined);
const share = (values: OptionValues): Promise<object> => shareOf(new TestCall(values, '/').call, exchange);
const place = { source: '41/a/b', destination: '42/s-55' };

describe('shareOf', () => {
  it('makes the body of the API from options', async () => {
    const given = { ...place, map: 'home,work=email', attribute: ['tier=level', 'a=b=c'], action: 'REPLACE', 'allow-empty-replace': true };
    expect(await share({ ...given, daily: '2027-01-31T06:00', timezone: 'Europe/Berlin', name: 'Gold' })).toEqual({
      name: 'Gold',
      source: { endpointId: 41, segmentId: 'a/b' },
      destination: { endpointId: 42, segmentId: 's-55' },
      identityMapping: { sourceIdentifiers: ['home', 'work'], destinationIdentifier: 'email' },
      attributeMappings: { tier: 'level', 'a=b': 'c' },
      shareAction: 'REPLACE',
      allowEmptyReplace: true,
      schedule: { type: 'DAILY', at: '2027-01-31T06:00', timezone: 'Europe/Berlin' },
    });
  });

  it('names what is made anew, and any schedule as JSON', async () => {
    const given = { source: '41/a', destination: '42', 'new-segment': 'Gold', map: 'a=b', schedule: '{"type":"NOW"}' };
    expect(await share(given)).toMatchObject({
      name: '41/a to Gold',
      destination: { endpointId: 42, newSegment: { name: 'Gold' } },
      schedule: { type: 'NOW' },
    });
  });

  it.each([
    [{ destination: '42/s' }, '--source is missing'],
    [{ source: '41', destination: '42/s' }, '--source is ENDPOINT/SEGMENT'],
    [{ source: '41/a', destination: '42' }, 'with --new-segment NAME'],
    [{ ...place, 'new-segment': 'x' }, 'with --new-segment NAME'],
    [place, '--map is missing'],
    [{ ...place, map: 'email' }, '--map is SRC=DST'],
    [{ ...place, map: 'a=b', attribute: ['x='] }, '--attribute is SRC=DST'],
    [{ ...place, map: 'a=b', at: 'x', daily: 'y' }, '--at and --daily cannot stand together'],
    [{ ...place, map: 'a=b', timezone: 'GMT' }, '--timezone belongs to'],
    [{ ...place, map: 'a=b', schedule: '{' }, '--schedule is not JSON'],
    [{ ...place, file: '/nowhere.json' }, '--file /nowhere.json: ENOENT'],
  ])('refuses what makes no share (%#)', async (values, text) => {
    await expect(share(values)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(text) });
  });
});
