import { expect, it } from 'vitest';
import { refusal } from '../kit/refusal.ts';
import { envelopeOf, errorEnvelope, version } from './envelope.ts';
import { httpErrors } from './http-errors.ts';

const parse = (text: string) => (JSON.parse(text) as { response: Record<string, unknown> }).response;

it('an answer has its fields between status and debug object', () => {
  const text = envelopeOf({ fields: { count: 1, thing: {} }, outputTerm: 'thing' }, { warnings: ['w'], dbg: false });
  expect(Object.keys(parse(text))).toEqual(['status', 'count', 'thing', 'dbg_info']);
  expect(parse(text)['dbg_info']).toEqual({ warnings: ['w'], version, output_term: 'thing' });
});

it('an error has its five fields and the debug object, the latter twice for the sharing service', () => {
  const refused = refusal(httpErrors.notFound, { object: 'segment', key: 'id', value: 5 });
  expect(parse(errorEnvelope(refused))).toEqual({
    status: 'error',
    error_id: 'SYNTAX',
    error: 'There is no segment with id 5',
    error_code: 'NOT_FOUND',
    error_description: null,
    dbg_info: { warnings: [], version, output_term: null },
  });
  const twice = parse(errorEnvelope(refused, { warnings: [], dbg: true }));
  expect(twice['dbg']).toEqual(twice['dbg_info']);
});

it('warnings without end are counted', () => {
  const warnings = Array.from({ length: 5000 }, (_, i) => `w${i}`);
  const { dbg_info: info } = parse(envelopeOf({ fields: {}, outputTerm: null }, { warnings, dbg: false })) as {
    dbg_info: { warnings: string[] };
  };
  expect(info.warnings).toHaveLength(101);
  expect(info.warnings.at(-1)).toBe('and 4900 more');
});
