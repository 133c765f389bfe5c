import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/random.ts';
import { outcomeCodes } from '../../../profiles/profile-store.ts';
import type { LineForm } from '../parse/line-form.ts';
import { LineParser } from '../parse/line-parser.ts';
import { ParsedChunk } from '../parse/parsed-chunk.ts';
import { type ResolvedSegment, type SegmentName, SegmentTable } from '../parse/segment-table.ts';
import { JobReport, type RefusedLine } from './job-report.ts';

const form: LineForm = {
  separators: [59, 44, 58, 9, 94],
  fields: ['SEG_ID', 'EXPIRATION'],
  uploader: 1,
  externalMember: null,
  defaultDomain: null,
  defaultExpiration: 0,
  nowS: 2_000_000_000,
};
/** 1xx is usable, 2xx unknown, 3xx another's, 4xx switched off; 100 keeps nothing by default. */
const states: Record<string, ResolvedSegment['state']> = { 1: 'usable', 2: 'invalid', 3: 'unauthorized', 4: 'inactive' };
const resolve = (name: SegmentName): ResolvedSegment => {
  const state = states[String(name.id)[0] ?? ''] ?? 'invalid';
  return { name, state, segment: state === 'usable' ? Number(name.id) : 0, expireMinutes: null };
};

interface Played {
  readonly report: JobReport;
  readonly refused: (Omit<RefusedLine, 'text'> & { text: string })[];
}

/** Plays lines in chunks of so many; `outcomeOf` says what the store answers for a user's operations. */
function play(lines: readonly string[], size: number, outcomeOf: (user: string, operation: number) => number, errorLogLines = 200): Played {
  const table = new SegmentTable();
  const parser = new LineParser(form, table);
  const refused: Played['refused'] = [];
  const report = new JobReport(errorLogLines, (line) => refused.push({ ...line, text: Buffer.from(line.text).toString('latin1') }));
  for (let at = 0; at < lines.length; at += size) {
    const some = lines.slice(at, at + size);
    const bytes = Buffer.from(`${some.join('\n')}\n`, 'latin1');
    const columns = new ParsedChunk();
    for (let from = 0; from < bytes.length;) {
      from = parser.parse(bytes, from, bytes.length, at + 1 + columns.physicalLines, null, columns);
      table.take(parser.unresolved().map(resolve));
    }
    const outcomes = new Uint8Array(columns.operationCount);
    let operation = 0;
    for (let user = 0; user < columns.userCount; user++) {
      const id = some[columns.userLine[user] ?? 0]?.split(';')[0] ?? '';
      for (let own = 0; operation < (columns.userOperationEnds[user] ?? 0); own++) outcomes[operation++] = outcomeOf(id, own);
    }
    const idle = Uint8Array.from({ length: columns.idleCount }, (_, user) =>
      Number(outcomeOf(some[columns.idleLine[user] ?? 0]?.split(';')[0] ?? '', 0) === outcomeCodes['opted-out']),
    );
    report.nameUses(table.segments, table.count);
    const written = {
      outcomes: outcomes.every((outcome) => outcome === 0) ? null : outcomes,
      idleRefused: idle.includes(1) ? idle : null,
      added: 0,
      refreshed: 0,
      removed: 0,
      before: null,
    };
    report.add({ columns, written, bytes, firstLine: at + 1 });
  }
  return { report, refused };
}

const taken = (): number => outcomeCodes.applied;

describe('a report', () => {
  it('counts lines, pairs and distinct segments', () => {
    const lines = ['1;101:60,102:-1', '2;101:60,201:5,202:5,301:5,401:5', '', '3;201:1,201:2', 'x;101:1', '4;101', '1;101:60\t102'];
    const { report, refused } = play(lines, 3, taken);
    expect(report.snapshot()).toMatchObject({
      lines: 6,
      counts: {
        num_valid: 5,
        num_valid_user: 4,
        num_invalid_user: 1,
        num_invalid_format: 1,
        num_invalid_segment: 2,
        num_unauth_segment: 1,
        num_inactive_segment: 1,
      },
      segmentLogLines: 'added:\n101:3\nremoved:\n102:2',
      errorLogLines: [
        'num_invalid_segment-2;101:60,201:5,202:5,301:5,401:5',
        'num_unauth_segment-2;101:60,201:5,202:5,301:5,401:5',
        'num_inactive_segment-2;101:60,201:5,202:5,301:5,401:5',
        'num_invalid_segment-3;201:1,201:2',
        'num_invalid_user-x;101:1',
        'num_invalid_format-4;101 failed with an illegal number of fields',
      ].join('\n'),
    });
    expect(refused.map(({ line, codes, text }) => [line, codes.join(), text])).toEqual([
      [2, 'num_invalid_segment,num_unauth_segment,num_inactive_segment', lines[1]],
      [4, 'num_invalid_segment', lines[3]],
      [5, 'num_invalid_user', lines[4]],
      [6, 'num_invalid_format', lines[5]],
    ]);
  });
  it('counts nothing of a user that the store refuses but the line', () => {
    const { report, refused } = play(['9;101:60,201:5,102:60', '9;201:5', '8;101:60,102:1'], 10, (user, at) =>
      user === '9' ? outcomeCodes['opted-out'] : at === 0 ? outcomeCodes.full : outcomeCodes.applied,
    );
    expect(report.counts).toMatchObject({
      num_invalid_user: 2,
      num_valid_user: 1,
      num_valid: 1,
      num_invalid_segment: 0,
      num_other_error: 1,
    });
    expect(refused.map(({ line, codes }) => [line, codes.join()])).toEqual([
      [1, 'num_invalid_user'],
      [2, 'num_invalid_user'],
      [3, 'num_other_error'],
    ]);
    expect(report.snapshot().segmentLogLines).toBe('added:\n102:1');
  });
  it('holds so many error lines, each of so many characters', () => {
    const { report } = play(['x;101:1', `${'y'.repeat(2000)};101:1`, 'z;101:1'], 1, taken, 2);
    expect(
      report
        .snapshot()
        .errorLogLines?.split('\n')
        .map(({ length }) => length),
    ).toEqual(['num_invalid_user-x;101:1'.length, 1000 + 17]);
  });
  it('names 200 segments, the largest first', () => {
    const lines = Array.from({ length: 150 }, (_, i) => `1;${1000 + i}:60\t${1000 + i}`);
    const log =
      play([...lines, '2;1007:5'], 40, taken)
        .report.snapshot()
        .segmentLogLines?.split('\n') ?? [];
    expect(log).toHaveLength(202);
    expect(log.slice(0, 3)).toEqual(['added:', '1007:2', '1000:1']);
    expect(log[151]).toBe('removed:');
  });
  it('is the same however the file is cut into chunks', () => {
    const random = seededRandom(3);
    const lines = Array.from({ length: 400 }, () => {
      const user = random.chance(0.1) ? 'bad' : String(random.whole(1, 50));
      const segments = Array.from(
        { length: random.whole(1, 4) },
        () => `${random.whole(1, 4)}0${random.whole(0, 5)}:${random.whole(-2, 90)}`,
      );
      return `${user};${segments.join()}`;
    });
    const outcomeOf = (user: string, at: number): number =>
      user === '7' ? outcomeCodes['opted-out'] : user === '8' && at === 1 ? outcomeCodes['over-limit'] : outcomeCodes.applied;
    const whole = play(lines, 400, outcomeOf);
    for (const size of [1, 7, 64]) {
      const parts = play(lines, size, outcomeOf);
      expect(parts.report.snapshot()).toEqual(whole.report.snapshot());
      expect(parts.refused).toEqual(whole.refused);
    }
    expect(whole.report.counts.num_other_error).toBeGreaterThan(0);
  });
});
