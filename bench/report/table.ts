import type { Row } from '../scenarios/scenario.ts';
import type { Spread } from '../statistics/median.ts';

const titles = [
  'scenario',
  'who',
  'rate/s',
  '(least–most)',
  'memberships/s',
  'p50',
  'p99',
  'CPU each',
  'Foyer is (least–most)',
  'by CPU',
] as const;

/** The table of all scenarios, as text: names to the left, figures to the right. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [titles, ...rows.map(cellsOf)];
  const widths = titles.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return lines.join('\n');
}

function cellsOf(row: Row): readonly string[] {
  return [
    row.scenario,
    row.contender,
    `${whole(row.perSecond.median)} ${row.unit}`,
    `(${whole(row.perSecond.least)}–${whole(row.perSecond.most)})`,
    row.membershipsPerSecond === null ? '' : whole(row.membershipsPerSecond),
    duration(row.p50Us),
    duration(row.p99Us),
    row.cpuUsPerCall === null ? '' : duration(row.cpuUsPerCall),
    row.ratio === null ? '' : ratio(row.ratio),
    row.cpuRatio === null ? '' : times(row.cpuRatio.median),
  ];
}

const ratio = ({ least, median, most }: Spread): string => `${times(median)} (${times(least)}–${times(most)})`;
const times = (value: number): string => `${value.toFixed(2)}x`;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Microseconds with three digits and the unit that suits. */
export function duration(us: number): string {
  if (us < 1) return `${Math.round(us * 1000)} ns`;
  if (us < 1000) return `${us.toPrecision(3)} us`;
  return us < 1e6 ? `${(us / 1000).toPrecision(3)} ms` : `${(us / 1e6).toPrecision(3)} s`;
}
