import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

function git(folder: string, ...args: readonly string[]): string | undefined {
  const run = spawnSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return run.status === 0 ? run.stdout : undefined;
}

/**
 * Entries of the list that its last committed state, or the one before the last commit that touched it, did not have,
 * although the scenario was there already. A new scenario may be listed. Without a git history: none.
 */
export function addedToList(file: string): readonly string[] {
  const folder = dirname(file);
  const commits = git(folder, 'log', '-2', '--format=%H', '--', file)?.trim().split('\n') ?? [];
  const prefix = git(folder, 'rev-parse', '--show-prefix')?.trim() ?? '';
  const now = JSON.parse(readFileSync(file, 'utf8')) as string[];
  const added = commits.filter(Boolean).flatMap((commit) => {
    const text = git(folder, 'show', `${commit}:${prefix}not-yet.json`);
    const before = new Set(text === undefined ? now : (JSON.parse(text) as string[]));
    return now.filter(
      (entry) => !before.has(entry) && git(folder, 'cat-file', '-e', `${commit}:${prefix}scenarios/${entry}`) !== undefined,
    );
  });
  return [...new Set(added)];
}
