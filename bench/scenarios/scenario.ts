import type { AudienceFolders } from '../contenders/audience-folders.ts';
import type { Peers } from '../peers/peers.ts';
import type { Target } from '../report/target.ts';
import type { Spread } from '../statistics/median.ts';

/** What a scenario is run with. */
export interface BenchSettings {
  /** Measured runs of each contender; medians are reported. */
  readonly runs: number;
  /** Length of a measured run. */
  readonly seconds: number;
  /** Users in the audience. */
  readonly users: number;
  /** Users of the large audience that --full measures besides; null: it is not measured. */
  readonly largeUsers: number | null;
  /** A folder for data directories, on a disk: syncs are part of what is measured. */
  readonly folder: string;
  /** Another checkout whose server runs in the same turns; null: none. */
  readonly against: string | null;
  /** Where servers under load leave processor profiles; null: none are taken. */
  readonly profileFolder: string | null;
  /** When all loaded memberships were added: the same for every contender. Unix seconds. */
  readonly atS: number;
  /** Loaded data directories for Foyer's server. */
  readonly audiences: AudienceFolders;
  /** The databases to compare with. */
  readonly peers: Peers;
  /** Tells a person what is going on. */
  readonly say: (text: string) => void;
}

/** What is measured, over all runs. */
export interface Figure extends Spread {
  /** `calls/s`, `bytes`, `ms`. */
  readonly unit: string;
}

/** One line of the table: what one contender did in one scenario. Null where a column does not apply or cannot be told. */
export interface Row {
  readonly scenario: string;
  readonly contender: string;
  readonly figure: Figure;
  readonly membershipsPerSecond: number | null;
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  /** What Foyer's rate is of this contender's, pairs of neighbouring runs; null on Foyer's own line. */
  readonly ratio: Spread | null;
  /** Processor time that the contender's process took for one. */
  readonly cpuUsPerCall: number | null;
  /** The same comparison as `ratio` by processor time alone, which other programs on the machine hardly change. */
  readonly cpuRatio: Spread | null;
  readonly targets: readonly Target[];
}

/** A line with a figure and nothing else. */
export const plainRow = (scenario: string, contender: string, figure: Figure, targets: readonly Target[] = []): Row => ({
  scenario,
  contender,
  figure,
  membershipsPerSecond: null,
  p50Us: null,
  p99Us: null,
  ratio: null,
  cpuUsPerCall: null,
  cpuRatio: null,
  targets,
});

export interface ScenarioResult {
  readonly scenario: string;
  readonly rows: readonly Row[];
  /** What else is to be known, printed below the table. */
  readonly notes: readonly string[];
  /** All single runs, for the file. */
  readonly runs: readonly object[];
}

export interface Scenario {
  readonly name: string;
  /** One line for --help. */
  readonly summary: string;
  run(settings: BenchSettings): Promise<ScenarioResult>;
}
