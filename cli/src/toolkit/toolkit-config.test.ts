import { describe, expect, it } from 'vitest';
import { endpointDefinition } from './endpoint-definition.ts';
import { ToolkitConfig } from './toolkit-config.ts';

const config = (text: string): ToolkitConfig => new ToolkitConfig('/etc/toolkit/config.properties', text);
const base = 'foyer.endpoint.name=Store\nfoyer.endpoint.provider.name=Example\n';

describe('ToolkitConfig', () => {
  it('names the file and the key of what is missing, empty or wrong', () => {
    expect(() => config('').serviceUrl).toThrow('/etc/toolkit/config.properties: ubx.api.service.url is missing');
    expect(() => config('ubx.api.service.url=\n').serviceUrl).toThrow('ubx.api.service.url is missing');
    expect(() => config('ubx.api.service.url=ftp://x').serviceUrl).toThrow('is no address');
    expect(() => config('ubx.application.endpoint.authentication.key=a b').key).toThrow('is no key');
    expect(() => config('ubx.audience.producer.endpoint.id=x').endpointId('ubx.audience.producer.endpoint.id')).toThrow('is a number');
    expect(() => config('ubx.proxy.host=proxy').proxyUrl).toThrow('ubx.proxy.port is missing');
    expect(() => config('ubx.proxy.host=http://proxy\nubx.proxy.port=1').proxyUrl).toThrow('is the name of a host');
    expect(() => config('foyer.upload.part.mebibytes=96').partBytes).toThrow('from 1 to 95');
  });

  it('ends with the exit code of a configuration', async () => {
    await expect(ToolkitConfig.read('/nowhere/config.properties')).rejects.toMatchObject({ exitCode: 2 });
    expect(() => config('').key).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('counts relative folders from the file, and takes the usual where nothing is said', () => {
    const given = config('ubx.audience.producer.audiencePublishFolder=out\nubx.api.service.url=https://a.example/base//\n');
    expect(given.folder('ubx.audience.producer.audiencePublishFolder')).toBe('/etc/toolkit/out');
    expect([given.serviceUrl.href, given.proxyUrl, given.partBytes, given.retries]).toEqual([
      'https://a.example/base',
      undefined,
      95 * 2 ** 20,
      5,
    ]);
  });
});

describe('endpointDefinition', () => {
  it('registers what the folders make of it', () => {
    const both = `${base}ubx.audience.producer.audiencePublishFolder=a\nubx.audience.consumer.downloadFolder=b
foyer.endpoint.identifiers=Email, work:email!\nfoyer.endpoint.attributes=tier, score : number\nfoyer.endpoint.share.actions=add, remove`;
    expect(endpointDefinition(config(both))).toEqual({
      name: 'Store',
      providerName: 'Example',
      description: null,
      hashAlgorithm: 'NONE',
      endpointTypes: {
        segment: {
          source: { enabled: true, sourceType: 'push' },
          destination: { enabled: true, destinationType: 'pull', shareActions: ['ADD', 'REMOVE'] },
        },
      },
      marketingDatabasesDefinition: {
        marketingDatabases: [
          {
            name: 'Store',
            identifiers: [
              { name: 'Email', type: 'email', isRequired: false },
              { name: 'work', type: 'email', isRequired: true },
            ],
            attributes: [
              { name: 'tier', type: 'string', isRequired: false },
              { name: 'score', type: 'number', isRequired: false },
            ],
          },
        ],
      },
    });
  });

  it('refuses what makes no endpoint', () => {
    expect(() => endpointDefinition(config(base))).toThrow('audiencePublishFolder is missing');
    const source = `${base}ubx.audience.producer.audiencePublishFolder=a\n`;
    expect(() => endpointDefinition(config(source))).toThrow('foyer.endpoint.identifiers is missing');
    expect(() => endpointDefinition(config(`${source}foyer.endpoint.identifiers=a:b:c`))).toThrow('has "a:b:c"');
    const consumer = `${base}ubx.audience.consumer.downloadFolder=b\nfoyer.endpoint.identifiers=email\nfoyer.endpoint.share.actions=drop`;
    expect(() => endpointDefinition(config(consumer))).toThrow('not "DROP"');
  });
});
