import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { ProfileMemory } from '../memory/profile-memory.ts';
import type { EngineNews } from './engine-link.ts';

/** A reader's ear: takes in chunks and segment numbers that the engine has told of, without waiting. */
export class MemoryNews {
  readonly #memory: ProfileMemory;
  readonly #port: MessagePort;

  constructor(memory: ProfileMemory, port: MessagePort) {
    this.#memory = memory;
    this.#port = port;
  }

  /** Takes in all news that there are; false where there are none. */
  catchUp(): boolean {
    let any = false;
    for (let received = receiveMessageOnPort(this.#port); received !== undefined; received = receiveMessageOnPort(this.#port)) {
      const news = (received as { message: EngineNews }).message;
      if ('list' in news) this.#memory.chunkLists[news.list]?.adopt(news.buffer);
      else this.#memory.segments.learn(news.segment, news.number);
      any = true;
    }
    return any;
  }
}
