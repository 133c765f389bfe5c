import { describe, expect, it } from 'vitest';
import { ProxyView } from '../../../access/proxy-view.ts';
import type { RequestFacts } from '../../../http/caller.ts';
import { UploadUrls } from './upload-urls.ts';

const facts = (headers: Record<string, string>): RequestFacts => ({
  method: 'POST',
  path: '/batch-segment',
  query: '',
  headers,
  peerAddress: '192.0.2.1',
  encrypted: false,
  queryToken: undefined,
});
const urls = (publicUrl = '', trustProxy = 0): UploadUrls =>
  new UploadUrls(Buffer.alloc(32, 7), publicUrl, new ProxyView({ trustProxy, publicUrl }));

describe('an upload URL', () => {
  it('is on the request’s host, or on the public address', () => {
    expect(urls().of('a1', facts({ host: 'foyer.test:8080' }))).toMatch(/^http:\/\/foyer\.test:8080\/segment-upload\/a1\/[\w-]{43}$/);
    expect(urls('https://foyer.example/').of('a1', facts({ host: 'other.test' }))).toMatch(
      /^https:\/\/foyer\.example\/segment-upload\/a1\//,
    );
  });
  it('is on a forwarded host only behind a proxy that is trusted', () => {
    const sent = facts({ host: 'inside', 'x-forwarded-host': 'api.adnxs.com', 'x-forwarded-proto': 'https' });
    expect(urls('', 1).of('a1', sent)).toMatch(/^https:\/\/api\.adnxs\.com\//);
    expect(urls().of('a1', sent)).toMatch(/^http:\/\/inside\//);
  });
  it('is right for its own job alone', () => {
    const secret =
      urls()
        .of('a1', facts({ host: 'h' }))
        .split('/')
        .at(-1) ?? '';
    expect(urls().isRight('a1', secret)).toBe(true);
    expect(urls().isRight('a2', secret)).toBe(false);
    expect(urls().isRight('a1', `${secret.slice(0, -2)}AA`)).toBe(false);
    expect(urls().isRight('a1', '')).toBe(false);
  });
});
