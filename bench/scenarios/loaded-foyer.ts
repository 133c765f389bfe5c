import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownCheckout, startFoyer, type FoyerServer } from '../contenders/foyer-server.ts';
import type { BenchSettings } from './scenario.ts';

export interface LoadedFoyerOptions {
  /** Of the scenario; folders are named by it. */
  readonly name: string;
  /** As the table shows the server. */
  readonly label: string;
  readonly checkout: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** The checkout's server with the whole audience in it. */
export async function startLoadedFoyer(
  { folder, profileFolder, users, audiences, say }: BenchSettings,
  { name, label, checkout, settings = {} }: LoadedFoyerOptions,
): Promise<FoyerServer> {
  const own = checkout === ownCheckout;
  const serverFolder = join(folder, own ? name : `${name}-other`);
  mkdirSync(join(serverFolder, 'data'), { recursive: true });
  await audiences.copyTo(join(serverFolder, 'data', 'profiles'), checkout, users);
  say(`${name}: starting ${label}`);
  const profiles = own && profileFolder !== null ? join(profileFolder, name) : null;
  return await startFoyer(label, { checkout, folder: serverFolder, profileFolder: profiles, settings });
}
