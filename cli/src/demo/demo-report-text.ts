import type { Membership } from '@foyer/sdk/wire.ts';
import { groupedNumber, textTable } from '../text-table.ts';
import type { ShownLogin } from '../login-lines.ts';
import { membershipTable } from '../membership-table.ts';
import { providerName } from './demo-objects.ts';
import type { DemoReport } from './run-demo.ts';

/** The report for a person. Passwords are not in it: they are shown by themselves, once. */
export function demoReportLines(report: DemoReport): string[] {
  const { load, segments } = report;
  const perSecond = (count: number): string => groupedNumber(count / load.seconds);
  const names = new Map(segments.map((segment) => [segment.id, shortName(segment.name)]));
  const profile = (memberships: readonly Membership[]): string[] => indented(membershipTable(memberships, names));
  return [
    `The demo is loaded: ${groupedNumber(load.users)} people of the 1994 US census as an audience, in segments of the IAB Audience`,
    `Taxonomy 1.1. ${groupedNumber(load.memberships)} memberships went through POST /rt-segment in ${load.calls} calls and ${load.seconds.toFixed(1)} s:`,
    `${perSecond(load.users)} people and ${perSecond(load.memberships)} memberships a second${load.retries > 0 ? `, ${load.retries} calls repeated` : ''}.`,
    '',
    `Segments of data provider ${report.provider.memberId} (${providerName}), and what it shares with buyer ${report.buyer.memberId}`,
    ...indented(
      textTable(
        [
          { title: 'id', align: 'right' },
          { title: 'segment' },
          { title: 'taxonomy', align: 'right' },
          { title: 'users', align: 'right' },
          { title: 'shared' },
        ],
        segments.map((segment) => [
          String(segment.id),
          shortName(segment.name),
          segment.taxonomyId,
          groupedNumber(segment.users),
          segment.shared ? 'yes' : 'no',
        ]),
      ),
    ),
    '',
    `User ${report.userId} as the provider sees it`,
    ...profile(report.seenByProvider.memberships),
    '',
    'and as the buyer sees it',
    ...profile(report.seenByBuyer.memberships),
  ];
}

/** All of them end in the provider: once above the table is enough. */
const shortName = (name: string): string => name.replace(` (${providerName})`, '');

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

export function demoLogins({ provider, buyer }: DemoReport): ShownLogin[] {
  return [
    { ...provider.login, who: 'the data provider of the demo' },
    { ...buyer.login, who: 'the buyer of the demo' },
  ];
}

/** For machines; with the passwords, which nobody can ask for later. */
export function demoReportJson(report: DemoReport): Record<string, unknown> {
  const { load } = report;
  return {
    provider: { member_id: report.provider.memberId, ...report.provider.login },
    buyer: { member_id: report.buyer.memberId, ...report.buyer.login },
    load: {
      calls: load.calls,
      users: load.users,
      memberships: load.memberships,
      retries: load.retries,
      seconds: Number(load.seconds.toFixed(3)),
    },
    segments: report.segments.map(({ id, code, name, taxonomyId, users, shared }) => ({
      id,
      code,
      name,
      taxonomy_id: taxonomyId,
      users,
      shared,
    })),
    user_id: report.userId,
    seen_by_provider: report.seenByProvider,
    seen_by_buyer: report.seenByBuyer,
  };
}
