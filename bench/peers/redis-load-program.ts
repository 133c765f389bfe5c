/**
 * A loader of batch files over Redis, in a process of its own: reads the file, parses its lines, and merges packed profiles in pipelines,
 * several batches under way. Talks by IPC (redis-load-messages.ts).
 */
import { createReadStream } from 'node:fs';
import { additionWords } from '../data/audience.ts';
import { userKey } from '../data/user-key.ts';
import { mergePacked } from '../in-process/packed-profile.ts';
import { sourceToWord } from '../../server/src/profiles/source-word.ts';
import type { RedisLoadAnswer, RedisLoadQuestion } from './redis-load-messages.ts';
import { RedisProfiles } from './redis-profiles.ts';

const source = sourceToWord({ kind: 'batch', job: 1 });
const usersPerBatch = 1000;
const batchesUnderWay = 4;
const pieceBytes = 1 << 20;

/** Lines of the file, `usersPerBatch` at a time. */
async function* batchesOf(path: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  let lines: string[] = [];
  for await (const piece of createReadStream(path, { encoding: 'latin1', highWaterMark: pieceBytes })) {
    const parts = (rest + String(piece)).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    while (lines.length >= usersPerBatch) {
      yield lines.slice(0, usersPerBatch);
      lines = lines.slice(usersPerBatch);
    }
  }
  if (rest !== '') lines.push(rest);
  if (lines.length > 0) yield lines;
}

/** `USER;SEG:MINUTES,…` */
function parsed(line: string): { readonly user: bigint; readonly words: Uint32Array } {
  const [user = '', list = ''] = line.split(';');
  const pairs = list.split(',');
  const words = new Uint32Array(pairs.length * additionWords);
  for (const [at, pair] of pairs.entries()) {
    const colon = pair.indexOf(':');
    words[at * additionWords] = Number(pair.slice(0, colon));
    words[at * additionWords + 2] = Number(pair.slice(colon + 1));
  }
  return { user: BigInt(user), words };
}

async function merge(profiles: RedisProfiles, lines: readonly string[], atS: number): Promise<number> {
  const users = lines.map(parsed);
  const keys = users.map(({ user }) => userKey(user));
  const existing = await profiles.read(keys);
  const values = users.map(({ words }, at) =>
    mergePacked(existing[at], { words, at: 0, count: words.length / additionWords }, atS, source),
  );
  await profiles.write(keys, values);
  return users.length;
}

async function load({ port, path, clear, atS }: RedisLoadQuestion): Promise<RedisLoadAnswer> {
  const profiles = await RedisProfiles.connect(port, false);
  try {
    if (clear) await profiles.redis.flushall();
    const serverBefore = await processorTime(profiles);
    const ownBefore = process.cpuUsage();
    const began = performance.now();
    const batches = batchesOf(path);
    let users = 0;
    const work = async (): Promise<void> => {
      for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
        const merged = await merge(profiles, next.value, atS);
        users += merged;
      }
    };
    // Lines of different users: batches under way never share one.
    await Promise.all(Array.from({ length: batchesUnderWay }, work));
    const seconds = (performance.now() - began) / 1000;
    const own = process.cpuUsage(ownBefore);
    const cpu = (own.user + own.system) / 1e6 + (await processorTime(profiles)) - serverBefore;
    return { is: 'loaded', load: { seconds, cpu }, users };
  } finally {
    await profiles.close();
  }
}

/** Of the Redis server so far, in seconds. */
async function processorTime({ redis }: RedisProfiles): Promise<number> {
  const told = await redis.info('cpu');
  const of = (name: string): number => Number(new RegExp(`\\r\\n${name}:([\\d.]+)`).exec(told)?.[1] ?? Number.NaN);
  return of('used_cpu_user') + of('used_cpu_sys');
}

process.on('disconnect', () => process.exit(0));
process.on('message', (question: RedisLoadQuestion) => {
  load(question).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ is: 'failed', reason: String(error) } satisfies RedisLoadAnswer),
  );
});
