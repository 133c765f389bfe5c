import { actingMember } from '../../../access/acting-member.ts';
import { httpErrors } from '../../../http/http-errors.ts';
import type { AccountOperation } from '../../../http/operation.ts';
import { type Parameters, shortened } from '../../../http/parameters.ts';
import type { MemberId } from '../../../kit/ids.ts';
import { refusal } from '../../../kit/refusal.ts';
import { formatTimestamp, parseTimestamp } from '../../../kit/timestamp.ts';
import { addNumbers, emptyCounts, errorLogLines, type HourCounts, segmentLogLines } from '../hour-counts.ts';
import type { InstantParts } from '../instant-parts.ts';
import { processedSchema } from '../instant-schema.ts';
import { hourOf } from '../instant-statistics.ts';

const usualRangeMs = 14 * 24 * 3_600_000;

/** `GET /rt-segment-processed` (Check Usage Statistics; ingest.md section 3.4). */
export const getProcessed = ({ view, clock, limits, statistics }: InstantParts): AccountOperation => ({
  id: 'getProcessed',
  method: 'GET',
  paths: ['/rt-segment-processed'],
  summary: 'What the Instant Audience Service did with what a member sent, hour by hour or in total',
  parameters: [
    { name: 'member_id', description: 'For administrators: the member that sent. Default: the own one' },
    { name: 'start', description: 'The first hour, such as 2015-11-01 01:00:00 (UTC). Default: two weeks before the last one' },
    { name: 'end', description: 'The last hour, included. Default: now' },
    { name: 'agg', description: 'true: one total for all hours, without logs' },
  ],
  access: { writes: false, tokenInQuery: true, throttled: false },
  answer: processedSchema,
  async handle(call) {
    const { parameters } = call;
    const member = actingMember(call, 'member_id', 'own');
    const nowMs = clock.nowMs();
    const snapshot = view.current();
    if (!snapshot.member(member)) throw refusal(httpErrors.notFound, { object: 'member', key: 'id', value: member });
    limits.acceptRead(member, snapshot.ingest(member), nowMs);
    const total = parameters.flag('agg') === true;
    const end = timeOf(parameters, 'end') ?? nowMs;
    const start = timeOf(parameters, 'start') ?? end - usualRangeMs;
    if (start > end) throw refusal(httpErrors.invalidParameter, { name: 'start', fault: 'must not lie behind the end' });
    const hours = statistics.read(member, hourOf(start), hourOf(end));
    if (!total) {
      const report: object[] = [];
      for await (const { hour, counts } of hours)
        report.push({
          ...numbersOnWire(member, hour, counts),
          error_log_lines: errorLogLines(counts),
          segment_log_lines: segmentLogLines(counts),
        });
      return { fields: { report }, outputTerm: 'report' };
    }
    const sum = emptyCounts();
    for await (const { counts } of hours) addNumbers(sum, counts);
    return {
      fields: { report: { ...numbersOnWire(member, hourOf(end), sum), error_log_lines: null, segment_log_lines: null } },
      outputTerm: 'report',
    };
  },
});

function timeOf(parameters: Parameters, name: string): number | undefined {
  const text = parameters.text(name);
  if (text === undefined) return undefined;
  const time = parseTimestamp(text);
  if (time === undefined)
    throw refusal(httpErrors.invalidParameter, { name, fault: `must be a time such as 2015-11-01 01:00:00, not '${shortened(text)}'` });
  return time;
}

function numbersOnWire(member: MemberId, hour: number, counts: HourCounts): object {
  const users = counts.validUsers + counts.invalidUsers;
  return {
    member_id: member,
    processed_hour: formatTimestamp(hour),
    match_rate: users === 0 ? 0 : Math.round((counts.validUsers / users) * 10_000) / 100,
    num_valid_users: counts.validUsers,
    num_valid_adds: counts.validAdds,
    num_valid_removes: counts.validRemoves,
    num_invalid_users: counts.invalidUsers,
    num_unauth_segments: counts.unauthorizedSegments,
    num_inactive_segments: counts.inactiveSegments,
    num_invalid_segments: counts.invalidSegments,
    num_other_errors: counts.otherErrors,
  };
}
