import { createRequire } from 'node:module';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BenchProgram } from '../contenders/bench-program.ts';
import { ownCheckout } from '../contenders/foyer-server.ts';
import type { StoreAnswer, StoreQuestion } from '../in-process/store-messages.ts';
import { PeerMissing, type PeerServer } from './peer.ts';
import { startPostgres } from './postgres-server.ts';
import { startRedis } from './redis-server.ts';

/** The databases that Foyer is compared with over the network; LMDB lives in the measuring process. */
export const networkPeers = {
  redis: { title: 'Redis', start: startRedis, client: 'ioredis', store: 'redis-program.ts', routes: 'redis-routes-program.ts' },
  postgres: { title: 'PostgreSQL', start: startPostgres, client: 'pg', store: 'postgres-program.ts', routes: 'postgres-routes-program.ts' },
} as const;
export type NetworkPeer = keyof typeof networkPeers;

const resolveFromHere = createRequire(import.meta.url);

/** Can this package be used here? Answers what to do about it where it cannot. */
export function missingPackage(name: string): string | null {
  try {
    resolveFromHere(name);
    return null;
  } catch (error) {
    return `the npm package ${name} does not load (${(error as Error).message.split('\n')[0]}): npm install in the repository`;
  }
}

interface Started {
  readonly server: PeerServer;
  /** Users with which it was loaded and who have not changed since; null: anything may be in it. */
  loadedUsers: number | null;
}

/** Starts databases when a scenario first asks for them, loads them with the audience, and stops and removes all in the end. */
export class Peers {
  readonly #folder: string;
  readonly #atS: number;
  readonly #say: (text: string) => void;
  readonly #started = new Map<NetworkPeer, Started | null>();
  /** Why a peer is not in the table: one line each. */
  readonly missing: string[] = [];

  constructor(folder: string, atS: number, say: (text: string) => void) {
    this.#folder = folder;
    this.#atS = atS;
    this.#say = say;
  }

  /** Product, version and settings of each that was started. */
  get settings(): string[] {
    return [...this.#started.values()].flatMap((started) => started?.server.settings ?? []);
  }

  /** A running server, with anything in it; null: it is not installed, which `missing` then says. */
  async server(peer: NetworkPeer): Promise<PeerServer | null> {
    const started = await this.#start(peer);
    if (started) started.loadedUsers = null;
    return started?.server ?? null;
  }

  /** A running server with the audience as it is after the first load. Whoever changes it says so with `changed`. */
  async loaded(peer: NetworkPeer, users: number): Promise<PeerServer | null> {
    const started = await this.#start(peer);
    if (!started) return null;
    if (started.loadedUsers !== users) {
      started.loadedUsers = null;
      this.#say(`loading ${users} users into ${networkPeers[peer].title}`);
      await this.#load(peer, started.server.port, users);
      started.loadedUsers = users;
    }
    return started.server;
  }

  changed(peer: NetworkPeer): void {
    const started = this.#started.get(peer);
    if (started) started.loadedUsers = null;
  }

  /** A folder that the peer's server can read files from. */
  exchangeFolder(peer: NetworkPeer): string {
    const folder = join(this.#folder, `${peer}-exchange`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  async stop(): Promise<void> {
    for (const [peer, started] of this.#started) {
      await started?.server.stop();
      rmSync(join(this.#folder, peer), { recursive: true, force: true, maxRetries: 5 });
    }
    this.#started.clear();
  }

  async #start(peer: NetworkPeer): Promise<Started | null> {
    const known = this.#started.get(peer);
    if (known !== undefined) return known;
    const { title, start, client } = networkPeers[peer];
    let started: Started | null = null;
    try {
      const lacking = missingPackage(client);
      if (lacking !== null) throw new PeerMissing(`${title} is not in the table: ${lacking}`);
      this.#say(`starting ${title}`);
      started = { server: await start(join(this.#folder, peer)), loadedUsers: null };
    } catch (error) {
      this.missing.push(error instanceof PeerMissing ? error.message : `${title} is not in the table: ${(error as Error).message}`);
      this.#say(this.missing.at(-1) ?? '');
    }
    this.#started.set(peer, started);
    return started;
  }

  async #load(peer: NetworkPeer, port: number, users: number): Promise<void> {
    const file = join(import.meta.dirname, '..', 'in-process', networkPeers[peer].store);
    const program = new BenchProgram<StoreQuestion, StoreAnswer>(file);
    try {
      const directory = this.exchangeFolder(peer);
      const options = { directory, checkout: ownCheckout, port, users, durability: 'fsync', atS: this.#atS } as const;
      for (const question of [{ ask: 'open', options }, { ask: 'load' }, { ask: 'close' }] as const) {
        const answer = await program.ask(question);
        if (answer.is === 'failed') throw new Error(`loading ${networkPeers[peer].title}: ${answer.reason}`);
      }
    } finally {
      await program.stop();
    }
  }
}
