import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandTable } from './command-table.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { completedCommands } from './completion-words.ts';
import { zshCompletion } from './completion-zsh.ts';

const commands = completedCommands(commandTable);

/** What bash itself offers at the end of the line. */
function offered(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `${bashCompletion(commands)}
COMP_WORDS=(foyer ${quoted}); COMP_CWORD=${words.length}; _foyer; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('bash', () => {
  it('offers first words, then those that go with them', () => {
    expect(offered('seg')).toEqual(['segment']);
    expect(offered('')).toEqual(expect.arrayContaining(['serve', 'segment', 'audit', '--help']));
    expect(offered('segment', '')).toEqual(['list', 'show', 'create', 'update', 'delete', '--help']);
    expect(offered('account', 'p')).toEqual(['password']);
  });

  it('offers the options of the command, those alone', () => {
    expect(offered('segment', 'delete', '12', '--')).toEqual(['--yes', '--server', '--help', '--version', '--json']);
    expect(offered('login', '--u')).toEqual(['--username']);
  });

  it('offers the values of an option where they are known, and files elsewhere', () => {
    expect(offered('segment', 'list', '--state', '')).toEqual(['active', 'inactive']);
    expect(offered('access', 'list', '--state', 'REF')).toEqual(['REFUSED']);
    expect(offered('segment', 'create', '--body', '')).toEqual([]);
    expect(offered('import', '')).toEqual([]);
  });

  it('completes a line in a shell that loaded the script', () => {
    const script = `${bashCompletion(commands)}\ncomplete -p foyer`;
    expect(spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).stdout).toBe('complete -o default -F _foyer foyer\n');
  });
});

it('zsh can read its script', () => {
  const { stderr, status } = spawnSync('zsh', ['-n'], { input: zshCompletion(commands), encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
});

it('fish can read its script', () => {
  // From a file: fish reads no script from the socket that a child's stdin is here.
  const folder = mkdtempSync(join(tmpdir(), 'foyer-fish-'));
  try {
    writeFileSync(join(folder, 'foyer.fish'), fishCompletion(commands));
    const { stderr, status } = spawnSync('fish', ['--no-execute', join(folder, 'foyer.fish')], { encoding: 'utf8' });
    expect([stderr, status]).toEqual(['', 0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each([
  ['zsh', zshCompletion(commands)],
  ['fish', fishCompletion(commands)],
])('%s is told every command and option', (_shell, script) => {
  for (const { name, options } of commands) {
    for (const word of name.split(' ')) expect(script).toContain(word);
    for (const { flag } of options) expect(script).toContain(flag.slice(2));
  }
});
