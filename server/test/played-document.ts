/**
 * Plays a document's own commands as a reader does: a server is started with the demo, then every command of the ```sh blocks
 * runs in bash, one line after the other. A command that ends in `# NAME` tells that NAME stands, from then on, for the id that
 * it answered. `foyer login` gets the password that the server printed for that name. What a block is introduced with as malformed
 * must be refused, everything else must succeed.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { repository, serverEnvironment, temporaryFolder } from './running-server.ts';

interface Login {
  readonly username: string;
  readonly password: string;
}
type Event =
  | { readonly event: 'ready'; readonly url: string; readonly first_account: Login | null }
  | { readonly event: 'demo'; readonly provider: Login; readonly buyer: Login };

export interface Command {
  readonly line: string;
  readonly mustFail: boolean;
}
export interface Played {
  readonly line: string;
  readonly code: number | null;
  readonly output: string;
}

const foyerBin = join(repository, 'cli', 'bin', 'foyer.mjs');

/** `npx foyer` as the checkout has it; a login takes the password from a file instead of asking a person. */
const prelude = `
npx() {
  [ "$1" = foyer ] || { echo "the page runs npx $1" >&2; return 1; }
  shift
  if [ "$1" = login ] && [[ " $* " != *" --password-stdin "* ]]; then
    local name="" previous=""
    for word in "$@"; do
      case "$previous" in --username|-u) name="$word";; esac
      previous="$word"
    done
    "$FOYER_NODE" "$FOYER_BIN" "$@" --password-stdin < "$FOYER_PASSWORDS/$name"
  else
    "$FOYER_NODE" "$FOYER_BIN" "$@"
  fi
}
`;

/** What of a page is not a command to play: getting and starting Foyer, which the test does itself. */
const left = /^\s*(#|$|git clone|cd |npm (start|test|ci|install)|npx foyer serve)/;

/** The commands of a text's ```sh blocks, in order. */
export function commandsOf(text: string): readonly Command[] {
  const blocks = [...text.matchAll(/([^\n]*\n)\s*^```(?:sh|bash|shell)\n([\s\S]*?)^```/gm)];
  return blocks.flatMap(([, introduction = '', block = '']) =>
    block
      .split('\n')
      .filter((line) => !left.test(line))
      .map((line) => ({ line, mustFail: /malformed/i.test(introduction) })),
  );
}

/** A first start with the demo, and a reader beside it. */
export class Reader {
  readonly #folder = temporaryFolder('reader');
  readonly #passwords = join(this.#folder.path, 'passwords');
  readonly #data = join(this.#folder.path, 'data');
  readonly #ids = new Map<string, string>();
  #server: ChildProcess | undefined;
  #url = '';

  static async start(): Promise<Reader> {
    const reader = new Reader();
    mkdirSync(reader.#passwords);
    await reader.#serve('demo', '0');
    return reader;
  }

  /** Runs a command; what it tells must be as the page says. */
  async play({ line, mustFail }: Command): Promise<Played> {
    const name = /#\s*([A-Z]{2,})$/.exec(line)?.[1];
    const filled = line
      .replaceAll(/(127\.0\.0\.1|localhost):8080/g, new URL(this.#url).host)
      .replaceAll(/\b[A-Z]{2,}\b/g, (word) => (word === name ? word : (this.#ids.get(word) ?? word)));
    const played = await this.run(filled);
    const told = `${filled}\n${played.output}`;
    expect(played.code === 0, told).toBe(!mustFail);
    expect(/"status":\s*"error"/.test(played.output), told).toBe(mustFail);
    if (name !== undefined) {
      const id = /"id":\s*"?(\d+)/.exec(played.output)?.[1];
      expect(id, `${told}\nan id for ${name}`).toBeDefined();
      this.#ids.set(name, id ?? '');
    }
    return played;
  }

  /** Runs a line that has no names in it. */
  async run(line: string): Promise<Played> {
    const env = serverEnvironment({
      FOYER_SERVER: this.#url,
      FOYER_NODE: process.execPath,
      FOYER_BIN: foyerBin,
      FOYER_PASSWORDS: this.#passwords,
    });
    const child = spawn('bash', ['-euo', 'pipefail', '-c', prelude + line], {
      cwd: repository,
      env: { ...env, XDG_CONFIG_HOME: this.#folder.path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    return { line, code, output: Buffer.concat(chunks).toString('utf8') };
  }

  /** kill -9, and the same start again on the same port. */
  async killAndStart(): Promise<void> {
    const { pid } = JSON.parse(readFileSync(join(this.#data, 'run', 'server.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    if (this.#server) await once(this.#server, 'exit');
    await this.#serve('ready', new URL(this.#url).port);
  }

  async stop(): Promise<void> {
    this.#server?.kill('SIGTERM');
    if (this.#server) await once(this.#server, 'exit');
    this.#folder.remove();
  }

  async #serve(until: Event['event'], port: string): Promise<void> {
    const args = [foyerBin, 'serve', '--json', '--port', port, '--data', this.#data];
    const server = spawn(process.execPath, args, { cwd: repository, env: serverEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] });
    this.#server = server;
    for await (const line of createInterface({ input: server.stdout })) {
      const event = JSON.parse(line) as Event;
      if (event.event === 'ready') this.#url = event.url.replace(/\/$/, '');
      if (event.event === 'ready' && event.first_account) this.#keepPassword(event.first_account);
      if (event.event === 'demo') for (const login of [event.provider, event.buyer]) this.#keepPassword(login);
      if (event.event === until) return;
    }
    throw new Error(`the server ended before it said ${until}`);
  }

  #keepPassword({ username, password }: Login): void {
    writeFileSync(join(this.#passwords, username), `${password}\n`);
  }
}
