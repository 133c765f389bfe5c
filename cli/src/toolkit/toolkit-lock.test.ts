import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { takeLock } from './toolkit-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'foyer-lock-'));
const config = join(folder, 'config.properties');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Another process that takes the lock and keeps it until it is killed. */
async function holder(script: string) {
  const code = `import { takeLock } from ${JSON.stringify(new URL('./toolkit-lock.ts', import.meta.url).href)};
    takeLock(${JSON.stringify(config)}, '${script}'); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('takeLock', () => {
  it('lets one run in at a time and names the one that is in, by script', async () => {
    const other = await holder('audience-upload');
    expect(() => takeLock(config, 'audience-upload')).toThrow(`is running (process ${other.pid}); this one does nothing`);
    takeLock(config, 'audience-download').release();
    other.kill('SIGKILL');
    await once(other, 'exit');
    const taken = takeLock(config, 'audience-upload');
    expect(taken.takenOver).toBe(other.pid);
    taken.release();
  });

  it('is free again after an orderly end', () => {
    takeLock(config, 'audience-register').release();
    const again = takeLock(config, 'audience-register');
    expect(again.takenOver).toBeNull();
    again.release();
  });

  it('says so where the file cannot be made', () => {
    const text = () => takeLock(join(folder, 'absent', 'config.properties'), 'register');
    expect(text).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining('cannot lock') }));
  });
});
