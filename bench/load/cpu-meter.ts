import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Processor time between two moments, in seconds. */
export interface CpuUse {
  readonly server: number;
  readonly generator: number;
  /** Everything else on the machine: what disturbs a measurement. */
  readonly others: number;
  /** All there was: the time times the cores. */
  readonly available: number;
}

interface Reading {
  readonly server: number;
  readonly generator: number;
  readonly busy: number;
  readonly at: number;
}

/** Linux counts in hundredths of a second, whatever the kernel's own tick. */
const tickS = 0.01;

/** Reads /proc; elsewhere it answers null. */
export class CpuMeter {
  readonly #pid: number;
  #begun: Reading | null = null;

  constructor(pid: number) {
    this.#pid = pid;
  }

  begin(): void {
    this.#begun = this.#read();
  }

  end(): CpuUse | null {
    const now = this.#read();
    const begun = this.#begun;
    if (now === null || begun === null) return null;
    const server = now.server - begun.server;
    const generator = now.generator - begun.generator;
    const others = Math.max(0, now.busy - begun.busy - server - generator);
    return { server, generator, others, available: ((now.at - begun.at) / 1000) * cpus().length };
  }

  #read(): Reading | null {
    if (process.platform !== 'linux') return null;
    try {
      const at = performance.now();
      const { user, system } = process.cpuUsage();
      return { server: processTime(this.#pid), generator: (user + system) / 1e6, busy: machineTime(), at };
    } catch {
      return null;
    }
  }
}

/** User and system time of a process: fields 14 and 15; the name in field 2 may hold blanks. */
function processTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickS;
}

/** Time that all cores spent on anything but waiting (idle and iowait). */
function machineTime(): number {
  const fields = (readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? '').trim().split(/ +/).slice(1, 9).map(Number);
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
  return (fields.reduce((sum, ticks) => sum + ticks, 0) - idle) * tickS;
}
