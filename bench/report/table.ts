import type { Figure, Row } from '../scenarios/scenario.ts';
import type { Spread } from '../statistics/median.ts';
import type { Target } from './target.ts';

const titles = [
  'scenario',
  'who',
  'figure',
  '(least–most)',
  'memberships/s',
  'p50',
  'p99',
  'CPU each',
  'Foyer is (least–most)',
  'by CPU',
  'target',
] as const;
const textColumns: ReadonlySet<string> = new Set(['scenario', 'who', 'target']);

/** The table of all scenarios, as text: names to the left, figures to the right. */
export function tableOf(rows: readonly Row[]): string {
  return alignedTable(titles, rows.map(cellsOf), textColumns);
}

/** Columns under their titles; those of `toTheLeft` are text, all others figures. */
export function alignedTable(columns: readonly string[], rows: readonly (readonly string[])[], toTheLeft: ReadonlySet<string>): string {
  const cells = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => (toTheLeft.has(columns[column] ?? '') ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return lines.join('\n');
}

/** How many targets there were, and each that was missed with what was reached. */
export function verdictOf(rows: readonly Row[]): string {
  const all = rows.flatMap((row) => row.targets.map((target) => ({ row, target })));
  const missed = all.filter(({ target }) => !target.met);
  const lines = missed.map(({ row, target }) => `  missed: ${row.scenario}, ${row.contender}: ${target.text}`);
  return [`${all.length - missed.length} of ${all.length} targets met`, ...lines].join('\n');
}

function cellsOf(row: Row): readonly string[] {
  const { figure } = row;
  return [
    row.scenario,
    row.contender,
    `${amount(figure, figure.median)} ${figure.unit}`,
    figure.least === figure.most ? '' : `(${amount(figure, figure.least)}–${amount(figure, figure.most)})`,
    row.membershipsPerSecond === null ? '' : whole(row.membershipsPerSecond),
    row.p50Us === null ? '' : duration(row.p50Us),
    row.p99Us === null ? '' : duration(row.p99Us),
    row.cpuUsPerCall === null ? '' : duration(row.cpuUsPerCall),
    row.ratio === null ? '' : ratio(row.ratio),
    row.cpuRatio === null ? '' : times(row.cpuRatio.median),
    row.targets.map(verdict).join(', '),
  ];
}

const verdict = ({ text, met }: Target): string => `${text} ${met ? 'met' : 'MISSED'}`;
const ratio = ({ least, median, most }: Spread): string => `${times(median)} (${times(least)}–${times(most)})`;
const times = (value: number): string => `${value.toFixed(2)}x`;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
/** Rates are whole numbers; small figures have three digits. */
const amount = (figure: Figure, value: number): string => (Math.abs(figure.most) >= 1000 ? whole(value) : value.toPrecision(3));

/** Microseconds with three digits and the unit that suits. */
export function duration(us: number): string {
  if (us < 1) return `${Math.round(us * 1000)} ns`;
  if (us < 1000) return `${us.toPrecision(3)} us`;
  return us < 1e6 ? `${(us / 1000).toPrecision(3)} ms` : `${(us / 1e6).toPrecision(3)} s`;
}
