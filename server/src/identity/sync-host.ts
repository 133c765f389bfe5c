import { isIP } from 'node:net';
import { refusal } from '../kit/refusal.ts';
import { identityErrors } from './identity-errors.ts';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const name = new RegExp(`^${label}(?:\\.${label})*$`);
const twoLabels = new RegExp(`^${label}(?:\\.${label})+$`);
/** Of a DNS name. */
const mostCharacters = 253;

/**
 * Checks a host to which a sync may lead: a DNS name in lower case, or `*.` and a name of two labels at least (additions.md section 4).
 * What a browser takes for an address (127.1, 0x7f000001) is one, and all names below localhost are this machine.
 * @throws Refusal identity.hostUnfit
 */
export function checkSyncHost(host: string): void {
  const wild = host.startsWith('*.');
  const plain = wild ? host.slice(2) : host;
  const fit = plain.length <= mostCharacters && (wild ? twoLabels : name).test(plain) && isKeptByBrowsers(plain);
  if (!fit || isIP(plain) !== 0 || /(?:^|\.)localhost$/.test(plain)) throw refusal(identityErrors.hostUnfit);
}

const isKeptByBrowsers = (host: string): boolean => URL.canParse(`http://${host}/`) && new URL(`http://${host}/`).hostname === host;
