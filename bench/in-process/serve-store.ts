import type { StoreAnswer, StoreOptions, StoreQuestion } from './store-messages.ts';
import { StoreMeasurement } from './store-measurement.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** Makes this process the program around a store: answers questions by IPC and ends when the asking process does. */
export function serveStore<Batch>(open: (options: StoreOptions) => Promise<StoreUnderTest<Batch>>): void {
  let measurement: StoreMeasurement<Batch> | undefined;

  const answer = async (question: StoreQuestion): Promise<StoreAnswer> => {
    if (question.ask === 'open') {
      measurement = new StoreMeasurement(await open(question.options), question.options);
      return { is: 'opened' };
    }
    if (!measurement) throw new Error('the store is not open');
    switch (question.ask) {
      case 'load':
        return { is: 'loaded', loaded: await measurement.load() };
      case 'merge':
        return { is: 'merged', readBack: await measurement.merge(question.batches, question.sample) };
      case 'update':
        return { is: 'ran', run: await measurement.update(question.seconds, question.underWay, question.variant) };
      case 'get':
        return { is: 'ran', run: await measurement.get(question.seconds) };
      case 'close':
        await measurement.close();
        return { is: 'closed' };
    }
  };

  process.on('disconnect', () => process.exit(0));
  process.on('message', (question: StoreQuestion) => {
    answer(question).then(
      (result) => process.send?.(result),
      (error: unknown) =>
        process.send?.({ is: 'failed', reason: error instanceof Error ? error.message : String(error) } satisfies StoreAnswer),
    );
  });
}
