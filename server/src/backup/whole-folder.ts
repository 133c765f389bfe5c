import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../storage/files/sync-path.ts';

/** Does the folder exist, and with something in it? @throws what else stands there (ENOTDIR) */
export async function stateOf(folder: string): Promise<'absent' | 'empty' | 'filled'> {
  try {
    return (await readdir(folder)).length === 0 ? 'empty' : 'filled';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
}

/** Makes all below a folder durable, names included. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else await syncPath(path);
  }
  await syncPath(folder);
}
