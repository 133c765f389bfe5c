import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../../kit/clock.ts';
import type { ScanPage } from '../../profile-store.ts';
import { AudienceIndex } from '../audience/audience-index.ts';
import { AudienceQuestions } from '../audience/audience-questions.ts';
import { MemoryReader } from '../audience/memory-reader.ts';
import { ProfileMemory } from '../memory/profile-memory.ts';
import type { AudienceAnswer, AudienceQuestion, AudienceThreadData } from './audience-link.ts';
import { sendError } from './engine-link.ts';
import { MemoryNews } from './memory-news.ts';

/** Stands where the last question said. */
class ToldClock implements Clock {
  ms = 0;
  nowMs(): number {
    return this.ms;
  }
}

/** Answers questions about audiences in this thread, until it is told to stop. */
export function serveAudience({ place, limits, port, news, gauge }: AudienceThreadData): void {
  const memory = new ProfileMemory(place);
  const told = new MemoryNews(memory, news);
  told.catchUp();
  const reader = new MemoryReader(memory, () => told.catchUp());
  const index = new AudienceIndex(reader, reader.flips, limits);
  const clock = new ToldClock();
  const questions = new AudienceQuestions(index, clock, (segment) => {
    told.catchUp();
    return memory.segments.numberOf(segment);
  });
  const bytes = new Float64Array(gauge);

  const answer = async (question: AudienceQuestion): Promise<AudienceAnswer | null> => {
    const { id } = question;
    switch (question.ask) {
      case 'evaluate':
        return { id, count: await questions.evaluate(question.expression) };
      case 'scan':
        return { id, page: questions.scan(question.segment, question.cursor, question.limit, question.fields) };
      case 'tick':
        return null;
      case 'stop':
        questions.stop();
        return { id, stopped: true };
    }
  };
  port.on('message', (question: AudienceQuestion) => {
    clock.ms = Math.max(clock.ms, question.nowMs);
    answer(question)
      .catch((error: unknown): AudienceAnswer => ({ id: question.id, error: sendError(error) }))
      .then((answered) => {
        bytes[0] = index.memoryBytes;
        if (answered !== null) send(port, answered);
        if (question.ask === 'stop') port.close();
      });
  });
}

/** A page's memory goes over, it is not copied. */
function send(port: MessagePort, answer: AudienceAnswer): void {
  port.postMessage(answer, 'page' in answer ? buffersOf(answer.page) : []);
}

const buffersOf = ({ keys, keyEnds, memberships }: ScanPage): ArrayBuffer[] => [
  keys.buffer as ArrayBuffer,
  keyEnds.buffer as ArrayBuffer,
  memberships.buffer as ArrayBuffer,
];
