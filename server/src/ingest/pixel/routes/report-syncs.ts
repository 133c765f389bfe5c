import { actingMember } from '../../../access/acting-member.ts';
import { httpErrors } from '../../../http/http-errors.ts';
import { type AccountOperation, reading } from '../../../http/operation.ts';
import { type Parameters, shortened } from '../../../http/parameters.ts';
import type { Clock } from '../../../kit/clock.ts';
import type { MemberId } from '../../../kit/ids.ts';
import { refusal } from '../../../kit/refusal.ts';
import { parseTimestamp } from '../../../kit/timestamp.ts';
import type { SyncHealth } from '../sync-health.ts';
import { syncReportSchema } from '../sync-report-schema.ts';

const dayMs = 86_400_000;
const usualDays = 14;
const mostDays = 400;

/** `GET /sync-report`: how a member's user syncs go, day by day. */
export const reportSyncs = ({ health, clock }: { readonly health: SyncHealth; readonly clock: Clock }): AccountOperation => ({
  id: 'reportSyncs',
  method: 'GET',
  paths: ['/sync-report'],
  summary: 'How many ids your mapuid calls brought, how many matched, and why the others did not',
  parameters: [
    { name: 'member_id', description: 'For administrators: whose syncs. Default: the own member' },
    { name: 'start', description: 'The first day, such as 2026-01-31 (UTC). Default: two weeks before the last one' },
    { name: 'end', description: 'The last day, included. Default: today' },
  ],
  access: reading,
  answer: syncReportSchema,
  wire: { answer: 'fields' },
  async handle(call) {
    const member = actingMember(call, 'member_id', 'own');
    const end = dayIn(call.parameters, 'end') ?? clock.nowMs();
    const start = dayIn(call.parameters, 'start') ?? end - (usualDays - 1) * dayMs;
    if (start > end) throw refusal(httpErrors.invalidParameter, { name: 'start', fault: 'must not lie behind the end' });
    if (end - start > mostDays * dayMs)
      throw refusal(httpErrors.invalidParameter, { name: 'start', fault: `must lie at most ${mostDays} days before the end` });
    const days = new Map<number, Map<string, number>>();
    for (const { day, outcome, ids } of await health.read(member, start, end)) {
      const outcomes = days.get(day) ?? new Map<string, number>();
      days.set(day, outcomes.set(outcome, ids));
    }
    const shown = [...days].map(([day, outcomes]) => dayOnWire(member, day, outcomes));
    return { fields: { count: shown.length, sync_reports: shown }, outputTerm: 'sync_reports' };
  },
});

function dayOnWire(member: MemberId, day: number, outcomes: ReadonlyMap<string, number>): object {
  const asked = [...outcomes.values()].reduce((sum, ids) => sum + ids, 0);
  const matched = outcomes.get('matched') ?? 0;
  return {
    member_id: member,
    day: new Date(day).toISOString().slice(0, 10),
    asked,
    matched,
    refused: Object.fromEntries([...outcomes].filter(([outcome]) => outcome !== 'matched')),
    match_rate: asked === 0 ? 0 : Math.round((matched / asked) * 10_000) / 100,
  };
}

function dayIn(parameters: Parameters, name: string): number | undefined {
  const text = parameters.text(name);
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? parseTimestamp(`${text} 00:00:00`) : undefined;
  if (time === undefined)
    throw refusal(httpErrors.invalidParameter, { name, fault: `must be a day such as 2026-01-31, not '${shortened(text)}'` });
  return time;
}
