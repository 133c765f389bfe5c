import { readFileSync } from 'node:fs';

/** Bytes. */
export interface ProcessMemory {
  readonly resident: number;
  /** Of these, pages of files: the program itself, above all Node's binary. They are there once for all processes. */
  readonly files: number;
}

/** What Linux says that a process holds now. @throws where there is no such process, or no /proc */
export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const bytesOf = (field: string): number => {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (kilobytes === undefined) throw new Error(`/proc/${pid}/status does not tell ${field}`);
    return Number(kilobytes) * 1024;
  };
  return { resident: bytesOf('VmRSS'), files: bytesOf('RssFile') };
}
