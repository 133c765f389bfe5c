import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { serverOption } from '../server-url.ts';
import { textTable } from '../text-table.ts';

export const syncReport: Command = {
  name: 'sync report',
  summary: 'show how your user syncs went, day by day',
  operands: [],
  options: {
    member: { type: 'string', placeholder: 'ID', description: 'for administrators: whose syncs (default: your member)' },
    start: { type: 'string', placeholder: 'DAY', description: 'the first day, UTC (default: two weeks before the last one)' },
    end: { type: 'string', placeholder: 'DAY', description: 'the last day, included (default: today)' },
    server: serverOption,
  },
  examples: [
    'npx foyer sync report',
    'npx foyer sync report --start 2026-01-01 --end 2026-01-31',
    'npx foyer sync report --member 1432 --json',
  ],
  details:
    'asked: ids that mapuid calls brought; matched: those that now name a user. Others are told by reason: no-cookie (the browser keeps\nnone), opted-out, privacy (no consent), bad-user (no such id can be), too-many-users (over 100 in a call), full, unavailable.',
  run: async (call) => {
    const client = await loggedInClient(call);
    const query = { member_id: call.text('member'), start: call.text('start'), end: call.text('end') };
    const { sync_reports: days } = await call.slowly('reading …', client.reportSyncs(query));
    if (call.json) {
      for (const day of days) call.printJson(day);
      return exitCodes.ok;
    }
    if (days.length === 0) {
      call.print('no syncs on these days');
      return exitCodes.ok;
    }
    const titles = ['day (UTC)', 'asked', 'matched', 'rate', 'refused'].map((title, at) => ({
      title,
      align: at >= 1 && at <= 3 ? ('right' as const) : ('left' as const),
    }));
    const rows = days.map(({ day, asked, matched, match_rate: rate, refused }) => [
      day,
      String(asked),
      String(matched),
      `${rate}%`,
      Object.entries(refused)
        .map(([reason, ids]) => `${reason} ${ids}`)
        .join(', '),
    ]);
    for (const line of textTable(titles, rows)) call.print(line);
    return exitCodes.ok;
  },
};
