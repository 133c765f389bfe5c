import type { Spread } from '../statistics/median.ts';

/** What a scenario is run with. */
export interface BenchSettings {
  /** Measured runs of each contender; medians are reported. */
  readonly runs: number;
  /** Length of a measured run. */
  readonly seconds: number;
  /** Users in the audience. */
  readonly users: number;
  /** A folder for data directories, on a disk: syncs are part of what is measured. */
  readonly folder: string;
  /** Another checkout whose server runs in the same turns; null: none. */
  readonly against: string | null;
  /** Where servers under load leave processor profiles; null: none are taken. */
  readonly profileFolder: string | null;
  /** Tells a person what is going on. */
  readonly say: (text: string) => void;
}

/** One line of the table: what one contender did in one scenario. */
export interface Row {
  readonly scenario: string;
  readonly contender: string;
  /** What is counted: calls, batches, gets. */
  readonly unit: string;
  readonly perSecond: Spread;
  /** Null where the scenario moves no memberships. */
  readonly membershipsPerSecond: number | null;
  readonly p50Us: number;
  readonly p99Us: number;
  /** What Foyer's rate is of this contender's, pairs of neighbouring runs; null on Foyer's own line. */
  readonly ratio: Spread | null;
  /** Processor time that the contender's process took for one; null where it cannot be told. */
  readonly cpuUsPerCall: number | null;
  /** The same comparison as `ratio` by processor time alone, which other programs on the machine hardly change. */
  readonly cpuRatio: Spread | null;
}

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
