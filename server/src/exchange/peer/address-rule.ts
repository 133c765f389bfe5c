import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Which addresses the server may call (exchange-sharing.md section 2, "Address rule"). Pure: names are resolved elsewhere, and every address
 * that they resolve to is asked about here.
 */
export interface AddressRule {
  /** FOYER_ALLOW_PRIVATE_ENDPOINTS: http, loopback and private addresses may be called too. */
  readonly allowPrivate: boolean;
}

/** `private`: loopback and private networks, which the option admits. `never`: whatever no option admits. */
export type AddressKind = 'public' | 'private' | 'never';

/** Ranges by the names that ipaddr.js gives them; a range that is not named here is never called. */
const kindByRange: Readonly<Record<string, AddressKind>> = {
  unicast: 'public',
  private: 'private',
  loopback: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
};

/** Where clouds keep credentials and control, although the ranges around them are public or private. */
const cloudServices: ReadonlySet<string> = new Set(['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254']);

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const documentation = ipaddr.IPv6.parseCIDR('3fff::/20');
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

const kindOfIpv4 = (address: ipaddr.IPv4): AddressKind =>
  cloudServices.has(address.toString()) ? 'never' : (kindByRange[address.range()] ?? 'never');

function kindOfIpv6(address: ipaddr.IPv6): AddressKind {
  if (address.isIPv4MappedAddress()) return kindOfIpv4(address.toIPv4Address());
  // In a network without IPv4 this is how every IPv4 address looks, so what counts is the one inside.
  if (address.match(nat64)) return kindOfIpv4(new ipaddr.IPv4(address.toByteArray().slice(12)));
  if (cloudServices.has(address.toString())) return 'never';
  const kind = kindByRange[address.range()] ?? 'never';
  // What lies outside of 2000::/3 was given to nobody: old forms that hold an IPv4 address (::7f00:1) are there.
  return kind === 'public' && (!address.match(globalUnicast) || address.match(documentation)) ? 'never' : kind;
}

/** The kind of an address in its plain notation, as resolvers and `URL` write it; `never` for everything else, zone ids included. */
export function addressKind(address: string): AddressKind {
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 4) return kindOfIpv4(ipaddr.IPv4.parse(address));
  // Through URL, into hexadecimal: ipaddr.js takes ::127.0.0.1 for ::ffff:127.0.0.1, the network does not.
  return family === 6 ? kindOfIpv6(ipaddr.IPv6.parse(new URL(`http://[${address}]`).hostname.slice(1, -1))) : 'never';
}

export function mayCall(address: string, rule: AddressRule): boolean {
  const kind = addressKind(address);
  return kind === 'public' || (kind === 'private' && rule.allowPrivate);
}

/** The literal address of a URL, without brackets; undefined where a name stands. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? undefined : host;
}

/**
 * What is wrong with a URL that is to be called, as far as it can be seen without asking for its name: null, or a sentence for the
 * sender. `URL` has already turned decimal, hexadecimal, octal and short addresses into plain ones. The sentence does not repeat the URL,
 * which may hold a secret.
 */
export function checkUrl(url: string | URL, rule: AddressRule): string | null {
  const parsed = typeof url === 'string' ? URL.parse(url) : url;
  if (parsed === null) return 'The URL cannot be read';
  const schemes = rule.allowPrivate ? ['https:', 'http:'] : ['https:'];
  if (!schemes.includes(parsed.protocol)) return `The URL must begin with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
  if (parsed.username !== '' || parsed.password !== '') return 'The URL must not hold a user name or a password';
  const address = literalAddress(parsed);
  if (address !== undefined && !mayCall(address, rule)) return `The address ${address} is not one that this server may call`;
  return null;
}

/**
 * Says whether a URL may be registered: null, or the text of a 400 ADDRESS_REFUSED. Names pass; where they lead to is looked at by
 * each call, because it may change.
 */
export const checkUrlAtRegistration = (url: string, rule: AddressRule): string | null => checkUrl(url, rule);
