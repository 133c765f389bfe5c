import type { Call } from './command.ts';
import { groupedNumber } from './text-table.ts';

/** What `verify` and `restore` answer of a directory, as the server's program prints it. */
export interface HeldData {
  readonly data: string;
  readonly profiles: Readonly<Record<'users' | 'identifiers' | 'memberships' | 'segments' | 'log_bytes' | 'torn_bytes', number>>;
  readonly catalog: Readonly<
    Record<'members' | 'accounts' | 'advertisers' | 'segments' | 'sharing_records' | 'audit_events' | 'bytes', number>
  > & {
    readonly migration: string;
  };
}

export function printHeldData(call: Call, { profiles, catalog }: HeldData): void {
  const list = (entries: readonly (readonly [string, number])[]): string =>
    entries.map(([name, count]) => `${groupedNumber(count)} ${name}`).join(', ');
  const { users, identifiers, memberships, segments } = profiles;
  const inProfiles = [
    ['users', users],
    ['identifiers', identifiers],
    ['memberships', memberships],
    ['segments with members', segments],
  ] as const;
  call.print(`profiles  ${list(inProfiles)}`);
  const torn =
    profiles.torn_bytes === 0 ? '' : `; the last ${groupedNumber(profiles.torn_bytes)} were cut off by a crash and never acknowledged`;
  call.print(`log       ${groupedNumber(profiles.log_bytes)} bytes${torn}`);
  const { members, accounts, advertisers, sharing_records: sharing, audit_events: events, migration, bytes } = catalog;
  const inCatalog = [
    ['members', members],
    ['accounts', accounts],
    ['advertisers', advertisers],
    ['segments', catalog.segments],
    ['sharing records', sharing],
    ['audit events', events],
  ] as const;
  call.print(`catalog   ${list(inCatalog)}; ${groupedNumber(bytes)} bytes, migration ${migration}`);
}
