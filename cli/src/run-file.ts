import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Call, OptionSpec } from './command.ts';

export const dataOption: OptionSpec = {
  type: 'string',
  placeholder: 'DIR',
  description: 'the data directory (default: FOYER_DATA, else ./data)',
};

/** The absolute data directory that a command is about. */
export function dataDirectoryOf(call: Call): string {
  const { env, cwd } = call.surroundings;
  const configured = env['FOYER_DATA'];
  return resolve(cwd, call.text('data') ?? (configured === undefined || configured === '' ? 'data' : configured));
}

/** What a listening server leaves in its data directory, so that whoever may read it may operate the server. */
export interface RunFile {
  url: string;
  operatorToken: string;
  pid: number;
}

export type ReadRunFile = { kind: 'absent' } | { kind: 'unreadable'; path: string; reason: string } | { kind: 'read'; file: RunFile };

export async function readRunFile(dataDirectory: string): Promise<ReadRunFile> {
  const path = join(dataDirectory, 'run', 'server.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', path, reason: error instanceof Error ? error.message : String(error) };
  }
  const file = parseRunFile(text);
  return file === undefined ? { kind: 'unreadable', path, reason: 'it is not what a server writes' } : { kind: 'read', file };
}

function parseRunFile(text: string): RunFile | undefined {
  try {
    const parsed = JSON.parse(text) as Record<string, unknown> | null;
    const { url, operator_token: operatorToken, pid } = parsed ?? {};
    if (typeof url !== 'string' || typeof operatorToken !== 'string' || typeof pid !== 'number') return undefined;
    return { url, operatorToken, pid };
  } catch {
    return undefined;
  }
}
