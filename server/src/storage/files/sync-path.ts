import { open } from 'node:fs/promises';

/** Syncs a file, or a folder: what was renamed into it or out of it is durable then. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
