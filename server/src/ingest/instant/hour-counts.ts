/** `(id, code, owner)` of a segment; text where what was sent is no number. */
export type SegmentEntry = readonly [id: number | string, code: string, owner: number | string];
/** `(user, segment, expiration in minutes)`; 0 never expires, -1 was a removal. */
export type MembershipEntry = readonly [user: string, segment: number | string, expiration: number];

/** The newest entries of each kind, oldest first. */
export interface HourLogs {
  readonly users: string[];
  readonly segments: SegmentEntry[];
  readonly additions: MembershipEntry[];
  readonly removals: MembershipEntry[];
  readonly invalidUsers: string[];
  readonly inactiveSegments: SegmentEntry[];
  readonly invalidSegments: SegmentEntry[];
  readonly unauthorizedSegments: SegmentEntry[];
}

/** What the instant service did for a member in one UTC hour (Check Usage Statistics; ingest.md section 3.4). */
export interface HourCounts {
  validUsers: number;
  validAdds: number;
  validRemoves: number;
  invalidUsers: number;
  unauthorizedSegments: number;
  inactiveSegments: number;
  invalidSegments: number;
  /** Calls refused whole, and memberships that a limit refused. */
  otherErrors: number;
  readonly logs: HourLogs;
}

/** Entries of a kind that are kept. */
export const mostEntries = 200;

export const emptyCounts = (): HourCounts => ({
  validUsers: 0,
  validAdds: 0,
  validRemoves: 0,
  invalidUsers: 0,
  unauthorizedSegments: 0,
  inactiveSegments: 0,
  invalidSegments: 0,
  otherErrors: 0,
  logs: emptyLogs(),
});

const emptyLogs = (): HourLogs => ({
  users: [],
  segments: [],
  additions: [],
  removals: [],
  invalidUsers: [],
  inactiveSegments: [],
  invalidSegments: [],
  unauthorizedSegments: [],
});

/** Appends to a log. Old entries go in bulk, so that an entry costs one push. */
export function log<Entry>(entries: Entry[], entry: Entry): void {
  entries.push(entry);
  if (entries.length >= mostEntries * 4) entries.splice(0, entries.length - mostEntries);
}

/** Adds the numbers of `later` to `into`, and no log entries. */
export function addNumbers(into: HourCounts, later: HourCounts): void {
  into.validUsers += later.validUsers;
  into.validAdds += later.validAdds;
  into.validRemoves += later.validRemoves;
  into.invalidUsers += later.invalidUsers;
  into.unauthorizedSegments += later.unauthorizedSegments;
  into.inactiveSegments += later.inactiveSegments;
  into.invalidSegments += later.invalidSegments;
  into.otherErrors += later.otherErrors;
}

/** Adds `later` to `into`; its entries are the newer ones. */
export function addCounts(into: HourCounts, later: HourCounts): void {
  addNumbers(into, later);
  append(into.logs.users, later.logs.users);
  append(into.logs.segments, later.logs.segments);
  append(into.logs.additions, later.logs.additions);
  append(into.logs.removals, later.logs.removals);
  append(into.logs.invalidUsers, later.logs.invalidUsers);
  append(into.logs.inactiveSegments, later.logs.inactiveSegments);
  append(into.logs.invalidSegments, later.logs.invalidSegments);
  append(into.logs.unauthorizedSegments, later.logs.unauthorizedSegments);
}

function append<Entry>(into: Entry[], later: readonly Entry[]): void {
  into.push(...later);
  if (into.length > mostEntries) into.splice(0, into.length - mostEntries);
}

/** The `counts` column: logs first, so that rows which still have some can be told by their beginning. */
export function countsToText(counts: HourCounts): string {
  const { logs, ...numbers } = counts;
  return JSON.stringify({ logs, ...numbers });
}

export const textWithLogsBegins = '{"logs":{';

export function countsFromText(text: string): HourCounts {
  const read = JSON.parse(text) as Omit<HourCounts, 'logs'> & { logs: HourLogs | null };
  return { ...read, logs: read.logs ?? emptyLogs() };
}

export function textWithoutLogs(text: string): string {
  const { logs: _logs, ...numbers } = countsFromText(text);
  return JSON.stringify({ logs: null, ...numbers });
}

/** `segment_log_lines`: one line a kind, "" if there is nothing to tell. */
export function segmentLogLines({ logs }: HourCounts): string {
  return lines([
    line('Valid users', logs.users.map(shown)),
    line('Valid segments (id, code, segment owner member id)', logs.segments.map(segmentText)),
    line('Valid additions (user id, segment id, expiration)', logs.additions.map(membershipText)),
    line('Valid removals (user id, segment id, expiration)', logs.removals.map(membershipText)),
  ]);
}

/** `error_log_lines`, likewise. */
export function errorLogLines({ logs }: HourCounts): string {
  return lines([
    line('Inactive users', logs.invalidUsers.map(shown)),
    line('Inactive segments (id, code, segment owner member id)', logs.inactiveSegments.map(segmentText)),
    line('Invalid segments (id, code, segment owner member id)', logs.invalidSegments.map(segmentText)),
    line('Unauthorized segments (id, code, segment owner member id)', logs.unauthorizedSegments.map(segmentText)),
  ]);
}

const lines = (all: readonly string[]): string => all.filter((text) => text !== '').join('\n');
const line = (name: string, entries: readonly string[]): string =>
  entries.length === 0 ? '' : `${name}: ${entries.slice(-mostEntries).join(', ')}`;
const segmentText = ([id, code, owner]: SegmentEntry): string => `(${shown(id)}, '${shown(code)}', ${shown(owner)})`;
const membershipText = ([user, segment, expiration]: MembershipEntry): string => `(${shown(user)}, ${segment}, ${expiration})`;

/** What was sent may hold anything; a line break in it would forge a line. */
const shown = (part: string | number): string => String(part).replace(/\p{Cc}|[\u2028\u2029]/gu, ' ');
