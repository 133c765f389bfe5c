import { platform, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';
import type { PasswordAnswer, PasswordQuestion } from './password-protocol.ts';

/**
 * A thread that hashes passwords and does nothing else. The library's own asynchronous calls run on libuv's pool, where writes and syncs of
 * files would wait behind them; here they are called synchronously.
 */

/** argon2id with 19 MiB, two passes, one lane: the first of OWASP's recommended settings. */
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Below everything else of the process, and with a share of the processor even where all of it is wanted: a login must end.
 * Linux counts priorities by thread; elsewhere it would be that of the whole process.
 */
const niceness = 5;

function yieldToOthers(): void {
  if (platform() !== 'linux') return;
  try {
    setPriority(niceness);
  } catch {
    // Where it is forbidden, logins take their turn like all other work.
  }
}

/** Checked where a name is unknown, so that it takes as long as a known one. */
let decoy: string | undefined;

function answer(question: PasswordQuestion): PasswordAnswer {
  try {
    const { password } = question;
    if (question.ask === 'hash') return { is: 'hashed', passwordHash: hashSync(password, settings) };
    decoy ??= hashSync('an account that does not exist', settings);
    const fits = verifySync(question.passwordHash ?? decoy, password);
    return { is: 'verified', fits: fits && question.passwordHash !== undefined };
  } catch (error) {
    return { is: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

yieldToOthers();
parentPort?.on('message', (question: PasswordQuestion) => parentPort?.postMessage(answer(question)));
