import type { Buffer } from 'node:buffer';
import { Redis } from 'ioredis';

/** Profiles in Redis as ioredis recommends to move many values: pipelines. The caller packs and merges. */
export class RedisProfiles {
  readonly redis: Redis;

  private constructor(redis: Redis) {
    this.redis = redis;
  }

  /** @param autoPipelining commands of one turn of the event loop go out as one pipeline: for many small calls at once. */
  static async connect(port: number, autoPipelining: boolean): Promise<RedisProfiles> {
    const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, enableAutoPipelining: autoPipelining });
    await redis.connect();
    return new RedisProfiles(redis);
  }

  async read(keys: readonly Buffer[]): Promise<(Buffer | null)[]> {
    const pipeline = this.redis.pipeline();
    for (const key of keys) pipeline.getBuffer(key);
    return (await executed(pipeline.exec())) as (Buffer | null)[];
  }

  async write(keys: readonly Buffer[], values: readonly Buffer[]): Promise<void> {
    const pipeline = this.redis.pipeline();
    for (const [i, key] of keys.entries()) {
      const value = values[i];
      if (value === undefined) throw new RangeError('every key needs a value');
      pipeline.set(key, value);
    }
    await executed(pipeline.exec());
  }

  async close(): Promise<void> {
    await this.redis.quit();
  }
}

/** The results of a pipeline; the first error of a command is thrown. */
async function executed(answers: Promise<[error: Error | null, result: unknown][] | null>): Promise<unknown[]> {
  return ((await answers) ?? []).map(([error, result]) => {
    if (error) throw error;
    return result;
  });
}
