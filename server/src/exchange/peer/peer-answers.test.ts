import { describe, expect, test } from 'vitest';
import { isUsableId, MalformedAnswer, readCreatedId, readJob, readJson, readSegment, readSegmentList } from './peer-answers.ts';

const json = (text: string): unknown => readJson(Buffer.from(text));

describe('JSON', () => {
  test('a byte order mark and unknown members do no harm', () => {
    expect(readCreatedId(json('\uFEFF{"id":"s-55","more":{"id":[1]},"__proto__":{"id":2}}'))).toBe('s-55');
  });

  test.each([
    ['', 'not JSON'],
    ['{"id":', 'not JSON'],
    ['<html>', 'not JSON'],
    ["{'id':1}", 'not JSON'],
  ])('%j is refused', (text, fault) => {
    expect(() => json(text)).toThrow(fault);
  });

  test('bytes that are not UTF-8 are refused', () => {
    expect(() => readJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(new MalformedAnswer('The answer is not UTF-8'));
  });
});

describe('ids', () => {
  test.each([
    ['"31"', '31', false],
    ['31', '31', true],
    ['0', '0', true],
    ['8000000000000001152', '8000000000000001152', true],
    ['123456789012345678901234567890', '123456789012345678901234567890', true],
    ['"a/b?c#d%2F é"', 'a/b?c#d%2F é', false],
    ['"8000000000000001153"', '8000000000000001153', false],
  ])('%s keeps every character', (text, id, idIsNumber) => {
    expect(readSegment(json(`{"id":${text}}`))).toMatchObject({ id, idIsNumber, name: id });
  });

  test.each([
    'null',
    '""',
    '1.5',
    '1e3',
    '1e400',
    'true',
    '{}',
    '{"\\u0000digits":"x"}',
    '[1]',
    '"."',
    '".."',
    '"\\ud800"',
    `"${'x'.repeat(1025)}"`,
  ])('%s is none', (text) => {
    expect(() => readSegmentList(json(`[{"id":"a"},{"id":${text}}]`))).toThrow(new MalformedAnswer('[1]id is missing or no id'));
  });

  test('one that a path cannot hold is not usable', () => {
    expect(['a', '...', '%2e', 'x'.repeat(1024)].every(isUsableId)).toBe(true);
    expect(['', '.', '..', '\udc00', 'x'.repeat(1025)].some(isUsableId)).toBe(false);
  });
});

describe('segments', () => {
  test('the whole of one', () => {
    const text =
      '{"id":"31","name":"Lapsed","description":"No order","type":"dynamic","identifiers":[{"name":"phone","type":"phone"}],"attributes":[{"name":"a"}],"count":1204,"lastModified":"2025-05-02T06:00:00Z"}';
    expect(readSegment(json(text))).toEqual({
      id: '31',
      idIsNumber: false,
      name: 'Lapsed',
      description: 'No order',
      type: 'dynamic',
      identifiers: [{ name: 'phone', type: 'phone' }],
      attributes: [{ name: 'a', type: 'string' }],
      count: 1204,
      lastModifiedMs: Date.UTC(2025, 4, 2, 6),
    });
  });

  test('what is absent, or not of its type, is unknown', () => {
    const empty = { description: null, type: null, identifiers: [], attributes: [], count: null, lastModifiedMs: null };
    expect(readSegment(json('{"id":"1"}'))).toMatchObject(empty);
    expect(
      readSegment(json('{"id":"1","name":5,"description":[],"type":1,"identifiers":null,"count":"12","lastModified":"today"}')),
    ).toMatchObject(empty);
    expect(readSegment(json('{"id":"1","count":-1}')).count).toBeNull();
  });

  test.each([
    ['{}', 'The answer is not an array of segments'],
    ['{"segments":[]}', 'The answer is not an array of segments'],
    ['[null]', '[0] is not an object'],
    ['[{"id":"1","identifiers":{}}]', '[0]identifiers is not an array'],
    ['[{"id":"1","attributes":[{"type":"string"}]}]', '[0]attributes[0].name is missing'],
    ['[{"id":"1","attributes":["tier"]}]', '[0]attributes[0] is not an object'],
  ])('%s is refused', (text, fault) => {
    expect(() => readSegmentList(json(text))).toThrow(new MalformedAnswer(fault));
  });
});

describe('jobs', () => {
  test('the whole of one', () => {
    const text =
      '{"jobId":"x9","status":"COMPLETE","jobData":[{"jobDataId":8000000000000001153,"rows":2,"bytes":36,"sha256":"ab"},{"jobDataId":"d2"}],"errorDetails":null}';
    expect(readJob(json(text))).toEqual({
      jobId: 'x9',
      status: 'COMPLETE',
      jobData: [
        { jobDataId: '8000000000000001153', rows: 2, bytes: 36, sha256: 'ab' },
        { jobDataId: 'd2', rows: null, bytes: null, sha256: null },
      ],
      errorDetails: null,
    });
  });

  test('one that was just taken on need not say its status; one that was asked for must', () => {
    expect(readJob(json('{"jobId":7}'), 'QUEUED')).toEqual({ jobId: '7', status: 'QUEUED', jobData: [], errorDetails: null });
    expect(() => readJob(json('{"jobId":7}'))).toThrow(MalformedAnswer);
    expect(() => readJob(json('{"jobId":7,"status":"DONE"}'), 'QUEUED')).toThrow(MalformedAnswer);
  });

  test.each([
    '{"status":"QUEUED"}',
    '{"jobId":null,"status":"QUEUED"}',
    '[]',
    '"x9"',
    '{"jobId":"1","status":"COMPLETE","jobData":{}}',
    '{"jobId":"1","status":"COMPLETE","jobData":[{}]}',
  ])('%s is refused', (text) => {
    expect(() => readJob(json(text))).toThrow(MalformedAnswer);
  });

  test('details of an error may be any JSON', () => {
    expect(readJob(json('{"jobId":"1","status":"FAILED","errorDetails":{"line":3}}')).errorDetails).toBe('{"line":3}');
  });
});
