import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressRule, literalAddress, mayCall } from './address-rule.ts';

/** An address as resolvers give it. */
export interface PeerAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name. Rejects where there is none. */
export type ResolveHost = (hostname: string) => Promise<readonly PeerAddress[]>;

/** Asks as every other program on this machine does: hosts file, then DNS. */
export const resolveBySystem: ResolveHost = (hostname) => lookup(hostname, { all: true, order: 'verbatim' });

/** The addresses of a URL's host, or the one that no call may go to. */
export type CheckedAddresses = { readonly addresses: readonly PeerAddress[] } | { readonly refused: string };

/**
 * Resolves a URL's host, once for each call, and checks every address: a name that leads to both a public and a private one is refused,
 * because it could lead either way.
 */
export async function checkAddresses(url: URL, rule: AddressRule, resolve: ResolveHost): Promise<CheckedAddresses> {
  const literal = literalAddress(url);
  const addresses = literal === undefined ? await resolve(url.hostname) : [{ address: literal, family: isIP(literal) }];
  const refused = addresses.find(({ address }) => !mayCall(address, rule));
  return refused ? { refused: refused.address } : { addresses };
}

/** A `lookup` for the connection that knows these addresses and asks nobody, so that it goes where it was checked. */
export const lookupAmong =
  (addresses: readonly PeerAddress[]): LookupFunction =>
  (_hostname, options, answer) => {
    const [first] = addresses;
    if (options.all) answer(null, [...addresses]);
    else if (first) answer(null, first.address, first.family);
    else answer(new Error('No address'), '');
  };
