import type { ChildProcess } from 'node:child_process';

/** Processes of ours that run, with the signal that ends each at once. */
const running = new Map<ChildProcess, NodeJS.Signals>();

process.on('exit', () => {
  for (const [child, signal] of running) child.kill(signal);
});

/**
 * Takes a process as ours: it never outlives this one. Answers when it has ended.
 * @param killSignal what ends it at once where nobody waits for it to end in order.
 */
export function ownProcess(child: ChildProcess, killSignal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  running.set(child, killSignal);
  return new Promise((resolve) => {
    const ended = (): void => {
      running.delete(child);
      resolve();
    };
    child.once('exit', ended);
    child.once('error', ended);
  });
}

/** Ends all of them at once; answers when they have ended. */
export async function endOwnProcesses(): Promise<void> {
  const ends = [...running].map(([child, signal]) => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return ended;
  });
  await Promise.all(ends);
}
