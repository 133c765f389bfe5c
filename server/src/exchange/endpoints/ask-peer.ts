import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { PeerFault } from '../peer/peer-faults.ts';
import type { Endpoint } from './endpoint.ts';

/** So long a person waits for the answer of somebody else's server. */
const patienceMs = 15_000;

/** Asks an endpoint while somebody waits. @throws Refusal exchange.peerUnavailable */
export async function askPeer<T>(
  { peers }: Pick<ExchangeParts, 'peers'>,
  { id }: Endpoint,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.any([peers.stopping, AbortSignal.timeout(patienceMs)]);
  try {
    return await ask(signal);
  } catch (error) {
    const fault = error instanceof PeerFault ? error.message : signal.aborted ? `no answer within ${patienceMs / 1000} seconds` : undefined;
    if (fault === undefined) throw error;
    throw refusal(exchangeErrors.peerUnavailable, { fault: `Endpoint ${id} cannot be asked: ${fault}` }, { cause: error });
  }
}
