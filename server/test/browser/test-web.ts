/** All sites of a small web over https, at one port of the loopback: each host name has an answerer of its own. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findProgram, runToEnd } from '../database-process.ts';
import { temporaryFolder } from '../running-server.ts';

type Site = (request: IncomingMessage, response: ServerResponse) => void;

/** A call that a browser made, with its answer. */
export interface WebCall {
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  /** All behind the first `?`, as it was sent. */
  readonly query: string;
  readonly cookie: string | undefined;
  readonly status: number;
  readonly location: string | undefined;
  readonly setCookie: readonly string[];
  /** `X-Foyer-Error`. */
  readonly error: string | undefined;
}

export interface TestWeb {
  readonly port: number;
  readonly hosts: readonly string[];
  /** Answered calls of the hosts, the oldest first. */
  readonly calls: (host: string) => readonly WebCall[];
  readonly forgetCalls: () => void;
  readonly stop: () => Promise<void>;
}

/** A certificate for these hosts that nobody signed but itself. */
function makeCertificate(hosts: readonly string[]): { readonly key: string; readonly cert: string } {
  const openssl = findProgram('openssl');
  if (openssl === undefined) throw new Error('OpenSSL is not installed: apt-get install openssl');
  const folder = temporaryFolder('certificate');
  const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${hosts[0]}`, '-addext', `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`];
  try {
    runToEnd(openssl, ['req', ...kind, ...names, '-keyout', key, '-out', cert], {}, folder.path);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    folder.remove();
  }
}

/** A proxy that ends TLS in front of a server, as an operator's does. */
export const proxyTo =
  (serverUrl: string): Site =>
  (asked, response) => {
    const { hostname, port } = new URL(serverUrl);
    const forwarded = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': asked.headers.host };
    const headers = { ...asked.headers, ...forwarded };
    const passedOn = request({ hostname, port, method: asked.method, path: asked.url, headers }, (answer) => {
      response.statusCode = answer.statusCode ?? 502;
      for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) response.setHeader(name, value);
      answer.pipe(response);
    });
    passedOn.on('error', () => response.destroy());
    asked.pipe(passedOn);
  };

export async function startTestWeb(sites: Readonly<Record<string, Site>>): Promise<TestWeb> {
  const hosts = Object.keys(sites);
  let calls: WebCall[] = [];
  const server = createServer(makeCertificate(hosts), (asked, response) => {
    const host = asked.headers.host ?? '';
    const [path = '', query = ''] = (asked.url ?? '').split(/\?(.*)/s);
    const site = sites[host];
    if (!site) return response.writeHead(421).end();
    response.once('finish', () => {
      const header = (name: string): string | undefined => response.getHeader(name)?.toString();
      const setCookie = [response.getHeader('set-cookie') ?? []].flat().map(String);
      const answer = { status: response.statusCode, location: header('location'), setCookie, error: header('x-foyer-error') };
      calls.push({ host, path, query, cookie: asked.headers.cookie, ...answer });
    });
    return site(asked, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    hosts,
    calls: (host) => calls.filter((call) => call.host === host),
    forgetCalls: () => {
      calls = [];
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
