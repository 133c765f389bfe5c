import { join } from 'node:path';
import { ownCheckout } from '../contenders/foyer-server.ts';
import type { Loaded } from '../in-process/store-messages.ts';
import { missingPackage, type NetworkPeer, networkPeers } from '../peers/peers.ts';
import { StoreProgram } from './store-program.ts';
import type { BenchSettings } from './scenario.ts';

/** A store that is loaded and holds what the engine holds. */
export interface LoadedStore {
  readonly label: string;
  readonly kind: 'engine' | 'other engine' | 'lmdb' | NetworkPeer;
  readonly program: StoreProgram;
  readonly loaded: Loaded;
}

/** Batches that every store merges before it is measured, and their users that are read back and compared. */
const comparedBatches = 20;
const comparedUsers = 500;

export interface StoreContendersOptions {
  readonly settings: BenchSettings;
  /** Of the scenario; folders are named by it. */
  readonly name: string;
  readonly users: number;
  /** Which stores besides the engine. */
  readonly peers: readonly ('lmdb' | NetworkPeer)[];
  readonly running: AsyncDisposableStack;
  /** Where to tell that a peer is missing. */
  readonly notes: string[];
}

/** The engine first, then that of the other checkout and each peer that is installed: all loaded, merged into and found to hold the same. */
export async function startStores({ settings, name, users, peers, running, notes }: StoreContendersOptions): Promise<LoadedStore[]> {
  const { folder, against, atS, say, profileFolder } = settings;
  const durability = process.env['FOYER_DURABILITY'] === 'os' ? 'os' : 'fsync';
  const stores: LoadedStore[] = [];
  let expected: string | null = null;
  const start = async (
    label: string,
    kind: LoadedStore['kind'],
    file: string,
    place: Partial<{ port: number; checkout: string; directory: string }>,
  ): Promise<void> => {
    say(`${name}: loading ${users} users into ${label}`);
    const program = new StoreProgram(file, kind === 'engine' && profileFolder !== null ? join(profileFolder, name) : null);
    running.defer(() => program.stop());
    await program.open({
      directory: join(folder, `${name}-${kind.replace(' ', '-')}`),
      checkout: ownCheckout,
      port: 0,
      users,
      durability,
      atS,
      ...place,
    });
    const loaded = await program.load();
    const readBack = JSON.stringify(await program.merge(comparedBatches, comparedUsers), (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    expected ??= readBack;
    if (readBack !== expected) throw new Error(`${label} does not hold what the engine holds after the same batches`);
    stores.push({ label, kind, program, loaded });
  };
  await start('Foyer engine', 'engine', 'engine-program.ts', {});
  if (against !== null) await start('Foyer engine, other checkout', 'other engine', 'engine-program.ts', { checkout: against });
  for (const peer of peers) {
    if (peer === 'lmdb') {
      const lacking = missingPackage('lmdb');
      if (lacking === null) await start('LMDB', 'lmdb', 'lmdb-program.ts', {});
      else notes.push(`LMDB is not in the table: ${lacking}`);
      continue;
    }
    const server = await settings.peers.server(peer);
    const { title, store } = networkPeers[peer];
    if (server) await start(title, peer, store, { port: server.port, directory: settings.peers.exchangeFolder(peer) });
  }
  return stores;
}
