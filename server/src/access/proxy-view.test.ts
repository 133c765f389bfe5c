import { describe, expect, it } from 'vitest';
import type { RequestFacts } from '../http/caller.ts';
import { ProxyView } from './proxy-view.ts';

const facts = (headers: RequestFacts['headers'], encrypted = false): RequestFacts => ({
  method: 'GET',
  path: '/',
  headers: { host: 'own.example:8080', ...headers },
  peerAddress: '10.0.0.9',
  encrypted,
  query: '',
  queryToken: undefined,
});
const view = (trustProxy: number, publicUrl = ''): ProxyView => new ProxyView({ trustProxy, publicUrl });
const forwarded = {
  'x-forwarded-for': '1.1.1.1, 2.2.2.2, 3.3.3.3',
  'x-forwarded-host': 'a.example, b.example',
  'x-forwarded-proto': 'http, https',
};

describe('without a proxy forwarded headers change nothing', () => {
  it('the address', () => expect(view(0).clientAddress(facts(forwarded))).toBe('10.0.0.9'));
  it('the host', () => expect(view(0).host(facts(forwarded))).toBe('own.example:8080'));
  it('https', () => expect(view(0).overHttps(facts(forwarded))).toBe(false));
});

describe('the client is the n-th last entry', () => {
  it.each([
    [1, '3.3.3.3'],
    [2, '2.2.2.2'],
    [3, '1.1.1.1'],
    [4, '10.0.0.9'],
  ])('%i proxies', (proxies, address) => expect(view(proxies).clientAddress(facts(forwarded))).toBe(address));
  it('with several headers, which count as one', () => {
    expect(view(2).clientAddress(facts({ 'x-forwarded-for': ['1.1.1.1, 2.2.2.2', '3.3.3.3'] }))).toBe('2.2.2.2');
  });
  it('or the peer where there is no header', () => expect(view(1).clientAddress(facts({}))).toBe('10.0.0.9'));
});

describe('behind a proxy', () => {
  it('the host is the last one forwarded, else the request’s', () => {
    expect(view(1).host(facts(forwarded))).toBe('b.example');
    expect(view(1).host(facts({}))).toBe('own.example:8080');
  });
  it('https is the last protocol forwarded', () => {
    expect(view(1).overHttps(facts(forwarded))).toBe(true);
    expect(view(1).overHttps(facts({ 'x-forwarded-proto': 'https, http' }, true))).toBe(false);
  });
  it('and without that header it is as without a proxy', () => {
    expect(view(1).overHttps(facts({}))).toBe(false);
    expect(view(1).overHttps(facts({}, true))).toBe(true);
    expect(view(1, 'HTTPS://own.example').overHttps(facts({}))).toBe(true);
  });
});
