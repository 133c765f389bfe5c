import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandFailure } from './command-failure.ts';
import type { Surroundings } from './surroundings.ts';

export interface Credential {
  token: string;
  username: string;
}

interface CredentialsFile {
  /** Where one logged in last. */
  lastServer: string | undefined;
  servers: Record<string, Credential>;
}

/**
 * The tokens of `foyer login`, by server, in one file that only its owner may read. Every change writes a new file (0600 from its
 * creation) and renames it over the old one, so that neither a reader nor a crash ever meets half a file.
 */
export class Credentials {
  readonly path: string;

  constructor(env: Surroundings['env']) {
    const home = env['HOME'] ?? homedir();
    const configured = env['XDG_CONFIG_HOME'];
    // The XDG rule: a relative path there is to be ignored.
    const base = configured?.startsWith('/') === true ? configured : join(home, '.config');
    this.path = join(base, 'foyer', 'credentials.json');
  }

  async find(server: string): Promise<Credential | undefined> {
    return (await this.#read()).servers[server];
  }

  async lastServer(): Promise<string | undefined> {
    return (await this.#read()).lastServer;
  }

  async keep(server: string, credential: Credential): Promise<void> {
    const file = await this.#read();
    await this.#write({ lastServer: server, servers: { ...file.servers, [server]: credential } });
  }

  /** False where none was kept. */
  async forget(server: string): Promise<boolean> {
    const { lastServer, servers } = await this.#read();
    if (servers[server] === undefined) return false;
    const { [server]: _forgotten, ...others } = servers;
    await this.#write({ lastServer, servers: others });
    return true;
  }

  async #read(): Promise<CredentialsFile> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { lastServer: undefined, servers: {} };
      throw new CommandFailure(`cannot read ${this.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const parsed = parseFile(text);
    if (parsed === undefined) throw new CommandFailure(`${this.path} is damaged; delete it and log in again`);
    return parsed;
  }

  async #write({ lastServer, servers }: CredentialsFile): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const temporary = `${this.path}.${randomUUID()}`;
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ last_server: lastServer, servers }, undefined, 2)}\n`);
      await handle.close();
      await rename(temporary, this.path);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

function parseFile(text: string): CredentialsFile | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed) || !isRecord(parsed['servers'])) return undefined;
  const servers: Record<string, Credential> = {};
  for (const [server, entry] of Object.entries(parsed['servers'])) {
    if (!isRecord(entry) || typeof entry['token'] !== 'string' || typeof entry['username'] !== 'string') return undefined;
    servers[server] = { token: entry['token'], username: entry['username'] };
  }
  const last = parsed['last_server'];
  return { lastServer: typeof last === 'string' ? last : undefined, servers };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
