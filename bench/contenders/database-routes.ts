import { join } from 'node:path';
import { networkPeers, type NetworkPeer } from '../peers/peers.ts';
import type { RouteOptions } from '../peers/profile-routes.ts';
import { BenchProgram } from './bench-program.ts';
import type { Contender } from './contender.ts';

/** The hot routes written over a database, in a process of its own (peers/profile-routes.ts). */
export async function startDatabaseRoutes(peer: NetworkPeer, options: RouteOptions, requests: string): Promise<Contender> {
  const { title, routes } = networkPeers[peer];
  const program = new BenchProgram<RouteOptions, number>(join(import.meta.dirname, '..', 'peers', routes));
  const port = await program.ask(options);
  return { name: `node:http over ${title}`, port, requests, pid: program.pid, stop: () => program.stop() };
}
