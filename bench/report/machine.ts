import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { Buffer } from 'node:buffer';
import { Histogram } from '../statistics/histogram.ts';

/** Where and with what figures came about. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** With `+changes` where files of the server or of the bench differ from it. */
  readonly commit: string;
  readonly fileSystem: string;
  /** Writing and syncing 4 KiB in the folder of the data directories: nothing that is durable is answered faster. */
  readonly syncP50Us: number;
  readonly syncP99Us: number;
}

const repository = resolve(import.meta.dirname, '..', '..');
const syncs = 200;

/** Kinds of file systems by the number that statfs tells; those where a sync means nothing are marked. */
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x794c7630: 'overlayfs',
  0x2fc12fc1: 'zfs',
  0x01021994: 'tmpfs (in memory: syncs cost nothing here)',
};

export function describeMachine(folder: string): Machine {
  const latencies = measureSyncs(folder);
  const kind = statfsSync(folder).type;
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    kernel: `${type()} ${release()}`,
    node: process.version,
    commit: commit(),
    fileSystem: fileSystems[kind] ?? `0x${kind.toString(16)}`,
    syncP50Us: latencies.percentile(0.5),
    syncP99Us: latencies.percentile(0.99),
  };
}

function measureSyncs(folder: string): Histogram {
  const latencies = new Histogram();
  const path = join(folder, 'sync-probe');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096, 1);
  try {
    for (let i = 0; i < syncs; i++) {
      const began = performance.now();
      writeSync(file, block, 0, block.length, i * block.length);
      fdatasyncSync(file);
      latencies.record((performance.now() - began) * 1000);
    }
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
  return latencies;
}

function commit(): string {
  const git = (...args: string[]): string | undefined => {
    const run = spawnSync('git', ['-C', repository, ...args], { encoding: 'utf8' });
    return run.status === 0 ? run.stdout.trim() : undefined;
  };
  const head = git('rev-parse', '--short=12', 'HEAD');
  if (head === undefined) return 'unknown';
  return git('status', '--porcelain', '--', 'server/src', 'bench', 'package-lock.json') === '' ? head : `${head}+changes`;
}
