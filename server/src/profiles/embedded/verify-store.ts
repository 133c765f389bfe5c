import { stat } from 'node:fs/promises';
import { ProfileStoreDamaged } from '../profile-store.ts';
import type { VerifiedProfiles } from '../verified-profiles.ts';
import { replayLimits } from './core/core-limits.ts';
import { ProfileCore } from './core/profile-core.ts';
import { Manifest } from './disk/manifest.ts';
import { readStore } from './disk/read-store.ts';
import { findLeftovers, findStoreFile, logPath } from './disk/store-files.ts';

/**
 * Reads a store as a start would, snapshot and every record of the log, and changes nothing on the disk. Nobody may have it open.
 * Throws ProfileStoreDamaged as a start would. A directory without a store holds nothing.
 */
export async function verifyStore(directory: string, onProgress: (fraction: number) => void): Promise<VerifiedProfiles> {
  const core = new ProfileCore(replayLimits, 1);
  const manifest = await readManifest(directory);
  if (manifest === null || manifest.state.lastLog === 0) return { ...core.stats(), logBytes: 0, tornBytes: 0 };
  const { state } = manifest;
  await findLeftovers(directory, state);
  const { sizes, position } = await readStore(directory, state, core, { tornEnd: 'leave', onProgress });
  const { size } = await stat(logPath(directory, state.lastLog));
  const logBytes = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { ...core.stats(), logBytes, tornBytes: size - position };
}

async function readManifest(directory: string): Promise<Manifest | null> {
  const manifest = Manifest.read(directory);
  const orphan = manifest === null ? await findStoreFile(directory) : null;
  if (orphan !== null) throw new ProfileStoreDamaged(Manifest.path(directory), 0, `it is missing, but there is ${orphan}`);
  return manifest;
}
