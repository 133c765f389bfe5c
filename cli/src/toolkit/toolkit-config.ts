import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CommandFailure } from '../command-failure.ts';
import { parseProperties } from './properties.ts';
import { toolkitExitCodes } from './toolkit-exit-codes.ts';

/** The keys of a configuration. Those that begin with `ubx.` are the protocol's (exchange.md section 5), `foyer.` are ours. */
export const configKeys = {
  url: 'ubx.api.service.url',
  key: 'ubx.application.endpoint.authentication.key',
  producerId: 'ubx.audience.producer.endpoint.id',
  consumerId: 'ubx.audience.consumer.endpoint.id',
  publishFolder: 'ubx.audience.producer.audiencePublishFolder',
  downloadFolder: 'ubx.audience.consumer.downloadFolder',
  proxyHost: 'ubx.proxy.host',
  proxyPort: 'ubx.proxy.port',
  partMebibytes: 'foyer.upload.part.mebibytes',
  retries: 'foyer.retries',
  name: 'foyer.endpoint.name',
  providerName: 'foyer.endpoint.provider.name',
  description: 'foyer.endpoint.description',
  hashAlgorithm: 'foyer.endpoint.hash.algorithm',
  identifiers: 'foyer.endpoint.identifiers',
  attributes: 'foyer.endpoint.attributes',
  shareActions: 'foyer.endpoint.share.actions',
  applicationId: 'foyer.endpoint.application.id',
} as const;

const mostPartMebibytes = 95;
const usualRetries = 5;

/** A properties file of the toolkit. What is missing or wrong is a CommandFailure that names the file and the key. */
export class ToolkitConfig {
  readonly path: string;
  readonly #values: ReadonlyMap<string, string>;

  constructor(path: string, text: string) {
    this.path = path;
    this.#values = parseProperties(text);
  }

  static async read(path: string): Promise<ToolkitConfig> {
    try {
      return new ToolkitConfig(path, await readFile(path, 'utf8'));
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      throw new CommandFailure(`cannot read the configuration ${path}: ${fault}`, toolkitExitCodes.config, { cause: error });
    }
  }

  /** Undefined where it is absent or empty. */
  find(key: string): string | undefined {
    const value = this.#values.get(key)?.trim();
    return value === '' ? undefined : value;
  }

  need(key: string): string {
    const value = this.find(key);
    if (value === undefined) throw this.fault(key, 'is missing');
    return value;
  }

  /** A relative folder counts from the file's own. */
  folder(key: string): string {
    return resolve(dirname(this.path), this.need(key));
  }

  /** Without slashes at the end. */
  get serviceUrl(): URL {
    const url = URL.parse(this.need(configKeys.url).replace(/\/+$/, ''));
    if (url === null || !/^https?:$/.test(url.protocol)) throw this.fault(configKeys.url, 'is no address such as https://exchange.example');
    return url;
  }

  get key(): string {
    const key = this.need(configKeys.key);
    if (!/^[\x21-\x7e]+$/.test(key)) throw this.fault(configKeys.key, 'is no key: it holds blanks or characters beyond ASCII');
    return key;
  }

  endpointId(key: string): string {
    const id = this.need(key);
    if (!/^\d+$/.test(id)) throw this.fault(key, `is a number, not "${id}"; "foyer toolkit register" prints it`);
    return id;
  }

  /** `http://host:port`; undefined where calls go out directly. */
  get proxyUrl(): string | undefined {
    const host = this.find(configKeys.proxyHost);
    if (host === undefined) return undefined;
    const port = this.need(configKeys.proxyPort);
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535) throw this.fault(configKeys.proxyPort, `is no port: "${port}"`);
    const url = URL.parse(`http://${host}:${port}`);
    if (url === null || url.pathname !== '/') throw this.fault(configKeys.proxyHost, `is the name of a host, not "${host}"`);
    return url.origin;
  }

  /** How large a file's part may be before it is packed. */
  get partBytes(): number {
    return this.#wholeNumber(configKeys.partMebibytes, 1, mostPartMebibytes, mostPartMebibytes) * 2 ** 20;
  }

  get retries(): number {
    return this.#wholeNumber(configKeys.retries, 0, 20, usualRetries);
  }

  fault(key: string, text: string): CommandFailure {
    return new CommandFailure(`${this.path}: ${key} ${text}`, toolkitExitCodes.config);
  }

  #wholeNumber(key: string, least: number, most: number, usual: number): number {
    const text = this.find(key);
    if (text === undefined) return usual;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw this.fault(key, `is a whole number from ${least} to ${most}, not "${text}"`);
  }
}
