import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PeerAnswer } from './peer-answer.ts';
import { PeerHttp } from './peer-http.ts';
import { callTo } from './peer-server.fixture.ts';

/** Of the name peer.example, signed by itself, until 2126. Made for these tests; it opens nothing. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBnTCCAUSgAwIBAgIUNmSXunErjKIwQ2FEXjqI7KtT/6wwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMcGVlci5leGFtcGxlMCAXDTI2MTEyMjEyNTY1OVoYDzIxMjYx
MDI5MTI1NjU5WjAXMRUwEwYDVQQDDAxwZWVyLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASUVJ5r1O48a60oGTcbVn2Su1VbiNZasv4JESIvuILrqhJ0
8Eoe9pHoHt1YjZGEJ9wF2DCxFD8j+BiMr3TD4CdXo2wwajAdBgNVHQ4EFgQU6718
LyZxRMOGw/XiKY4U37DJJtUwHwYDVR0jBBgwFoAU6718LyZxRMOGw/XiKY4U37DJ
JtUwDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxwZWVyLmV4YW1wbGUwCgYI
KoZIzj0EAwIDRwAwRAIgFW+0sX2XE0uwikbEBnDu9Ly2PG2qEDGAQgmFO5zmDfsC
IFDQddfju2V61SZ3up5ezCtzuksX5HWJZ8V5nug7Y3Qk
-----END CERTIFICATE-----
`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtDAjvmrWQrH4YB6/
5dY1bDk4n9zVZmM6m1QT4LlejO+hRANCAASUVJ5r1O48a60oGTcbVn2Su1VbiNZa
sv4JESIvuILrqhJ08Eoe9pHoHt1YjZGEJ9wF2DCxFD8j+BiMr3TD4CdX
-----END PRIVATE KEY-----
`;

const asked: { name: unknown; protocol: unknown }[] = [];
const server = createServer({ cert: certificate, key, ALPNProtocols: ['h2', 'http/1.1'] }, (request, response) => {
  asked.push({
    name: 'servername' in request.socket && request.socket.servername,
    protocol: 'alpnProtocol' in request.socket && request.socket.alpnProtocol,
  });
  response.end('here');
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  setDefaultCACertificates(trusted);
});
const trusted = getCACertificates('default');

const http = new PeerHttp({ allowPrivate: true }, () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]));
const ask = (host: string): Promise<string> =>
  http.call(callTo(`https://${host}:${(server.address() as AddressInfo).port}/`), async (answer: PeerAnswer) =>
    (await answer.bytes(100)).toString(),
  );

test('the connection goes to the address that was checked, and its certificate must be of the name that was called', async () => {
  await expect(ask('peer.example')).rejects.toMatchObject({ code: 'PEER_ERROR', details: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  setDefaultCACertificates([...trusted, certificate]);
  expect(await ask('peer.example')).toBe('here');
  expect(asked).toEqual([{ name: 'peer.example', protocol: 'http/1.1' }]);
  await expect(ask('other.example')).rejects.toMatchObject({ code: 'PEER_ERROR', details: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  await expect(ask('127.0.0.1')).rejects.toMatchObject({ code: 'PEER_ERROR', details: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
});
