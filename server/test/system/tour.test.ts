/**
 * Runs the README's tour as a reader does: every command of the ```sh blocks in the section whose heading holds "tour", one
 * after the other, beside a first start that loads the demo. MEMBER and SEGMENT stand for the ids that POST /member and
 * POST /segment answered; `foyer login` gets the password of the account that it names; a block that is introduced as
 * malformed must be refused. At the end the server is killed and started again, as the tour says.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository, serverEnvironment, temporaryFolder } from '../running-server.ts';

interface Login {
  readonly username: string;
  readonly password: string;
}
type Event =
  | { readonly event: 'ready'; readonly url: string; readonly first_account: Login | null }
  | { readonly event: 'demo'; readonly provider: Login; readonly buyer: Login };

const folder = temporaryFolder('tour');
const data = join(folder.path, 'data');
const passwords = join(folder.path, 'passwords');
const foyerBin = join(repository, 'cli', 'bin', 'foyer.mjs');
let server: ChildProcess;
let url = '';

const keepPassword = ({ username, password }: Login): void => writeFileSync(join(passwords, username), `${password}\n`);

/** Starts `foyer serve` and waits until it listens, on the first start until the demo is loaded. */
async function serve(until: Event['event'], port: string): Promise<void> {
  const args = [foyerBin, 'serve', '--json', '--port', port, '--data', data];
  server = spawn(process.execPath, args, { cwd: repository, env: serverEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] });
  if (!server.stdout) throw new Error('no output of the server');
  for await (const line of createInterface({ input: server.stdout })) {
    const event = JSON.parse(line) as Event;
    if (event.event === 'ready') url = event.url.replace(/\/$/, '');
    if (event.event === 'ready' && event.first_account) keepPassword(event.first_account);
    if (event.event === 'demo') for (const login of [event.provider, event.buyer]) keepPassword(login);
    if (event.event === until) return;
  }
  throw new Error(`the server ended before it said ${until}`);
}

beforeAll(async () => {
  mkdirSync(passwords);
  await serve('demo', '0');
}, 120_000);
afterAll(async () => {
  server.kill('SIGTERM');
  await once(server, 'exit');
  folder.remove();
});

interface Command {
  readonly line: string;
  readonly mustFail: boolean;
}

/** The commands of the tour, but for those that get or start Foyer. */
function tourCommands(readme: string): readonly Command[] {
  const sections = readme.split(/^(?=#{2,3} )/m).filter((section) => /^#+ .*tour/i.test(section));
  const blocks = sections.flatMap((section) => [...section.matchAll(/([^\n]*\n)\s*^```(?:sh|bash|shell)\n([\s\S]*?)^```/gm)]);
  const left = /^\s*(#|$|git clone|cd |npm (start|test|ci|install)|npx foyer serve)/;
  return blocks.flatMap(([, introduction = '', text = '']) =>
    text
      .split('\n')
      .filter((line) => !left.test(line))
      .map((line) => ({ line, mustFail: /malformed/i.test(introduction) })),
  );
}

/** `npx foyer` as the checkout has it; a login takes the password from a file instead of asking a person. */
const prelude = `
npx() {
  [ "$1" = foyer ] || { echo "the tour runs npx $1" >&2; return 1; }
  shift
  if [ "$1" = login ]; then
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

async function run(line: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const env = serverEnvironment({ FOYER_SERVER: url, FOYER_NODE: process.execPath, FOYER_BIN: foyerBin, FOYER_PASSWORDS: passwords });
  const child = spawn('bash', ['-euo', 'pipefail', '-c', prelude + line], {
    cwd: repository,
    env: { ...env, XDG_CONFIG_HOME: folder.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}

test("every command of the README's tour does what it says, also after a kill", async () => {
  const commands = tourCommands(readFileSync(join(repository, 'README.md'), 'utf8'));
  expect(commands.length, 'the README has a section with "tour" in its heading and sh blocks').toBeGreaterThan(2);
  const ids = new Map<string, string>();
  let lastShow = { line: '', output: '' };
  for (const { line, mustFail } of commands) {
    const filled = line
      .replaceAll(/(127\.0\.0\.1|localhost):8080/g, new URL(url).host)
      .replaceAll(/\b(MEMBER|SEGMENT)\b/g, (name) => ids.get(name) ?? name);
    const { code, output } = await run(filled);
    const told = `${filled}\n${output}`;
    expect(code === 0, told).toBe(!mustFail);
    expect(/"status":\s*"error"/.test(output), told).toBe(mustFail);
    const made = /\/(member|segment)\b.*-X POST/.exec(line)?.[1]?.toUpperCase();
    const id = /"id":\s*(\d+)/.exec(output)?.[1];
    if (made && id && !mustFail) ids.set(made, id);
    if (line.includes('user show')) lastShow = { line: filled, output };
  }

  expect(lastShow.output).toMatch(/\d/);
  const { pid } = JSON.parse(readFileSync(join(data, 'run', 'server.json'), 'utf8')) as { pid: number };
  const { port } = new URL(url);
  process.kill(pid, 'SIGKILL');
  await once(server, 'exit');
  await serve('ready', port);
  expect(await run(lastShow.line)).toEqual({ code: 0, output: lastShow.output });
}, 120_000);
