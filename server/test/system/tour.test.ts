/**
 * Runs the README's tour as a reader does: every ```sh block of the section whose heading holds "tour", in one shell, beside a
 * first start that loads the demo. Lines that clone, change folder, or start Foyer are left out, the server being up already.
 * `foyer login` gets the password of the account that it names; a tour may use $PASSWORD (the administrator's) for curl.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
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
  | { readonly event: 'ready'; readonly url: string; readonly first_account: Login }
  | { readonly event: 'demo'; readonly provider: Login; readonly buyer: Login };

const folder = temporaryFolder('tour');
const logins: Login[] = [];
let server: ChildProcess;
let url = '';

beforeAll(async () => {
  const args = [join(repository, 'cli', 'bin', 'foyer.mjs'), 'serve', '--json', '--port', '0', '--data', join(folder.path, 'data')];
  server = spawn(process.execPath, args, { cwd: repository, env: serverEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
  if (!server.stdout) throw new Error('no output of the server');
  for await (const line of createInterface({ input: server.stdout })) {
    const event = JSON.parse(line) as Event;
    if (event.event === 'ready') {
      url = event.url.replace(/\/$/, '');
      logins.push(event.first_account);
    }
    if (event.event === 'demo') {
      logins.push(event.provider, event.buyer);
      return;
    }
  }
  throw new Error('the server ended before the demo was loaded');
}, 120_000);
afterAll(() => {
  server.kill('SIGTERM');
  folder.remove();
});

/** The shell lines of the tour. */
function tourLines(readme: string): readonly string[] {
  const sections = readme.split(/^(?=#{2,3} )/m).filter((section) => /^#+ .*tour/i.test(section));
  const blocks = sections.flatMap((section) =>
    [...section.matchAll(/^```(?:sh|bash|shell)\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? ''),
  );
  const left = /^\s*(git clone|cd |npm (start|test|ci|install)|npx foyer serve)/;
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line.trim() !== '' && !left.test(line));
}

/** `npx foyer` as the checkout has it; a login takes the password from stdin instead of asking a person. */
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

function runScript(script: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const passwords = join(folder.path, 'passwords');
  mkdirSync(passwords, { recursive: true });
  for (const { username, password } of logins) writeFileSync(join(passwords, username), `${password}\n`);
  const env = {
    ...serverEnvironment(),
    FOYER_SERVER: url,
    FOYER_NODE: process.execPath,
    FOYER_BIN: join(repository, 'cli', 'bin', 'foyer.mjs'),
    FOYER_PASSWORDS: passwords,
    XDG_CONFIG_HOME: folder.path,
    PASSWORD: logins[0]?.password ?? '',
  };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolveRun) => {
    child.on('close', (code) => resolveRun({ code, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

test("every command of the README's tour works as it is written", async () => {
  const lines = tourLines(readFileSync(join(repository, 'README.md'), 'utf8'));
  expect(lines.length, 'the README has a section with "tour" in its heading and sh blocks').toBeGreaterThan(2);
  const script = lines.join('\n').replaceAll(/(127\.0\.0\.1|localhost):8080/g, new URL(url).host);
  const { code, output } = await runScript(`${prelude}\nset -x\n${script}\n`);
  expect(code, output).toBe(0);
  expect(output).not.toMatch(/"status":\s*"error"/);
}, 60_000);
