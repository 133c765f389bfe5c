import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TurnAnswers } from './turn-answers.ts';

function collecting() {
  const sent: string[] = [];
  return {
    sent,
    answers: new TurnAnswers<string>(
      (answer) => sent.push(answer),
      () => sent.push('all'),
    ),
  };
}

test('answers of one turn are sent at its end, in their order', async () => {
  const { sent, answers } = collecting();
  answers.add('first');
  answers.add('second');
  expect(sent).toEqual([]);
  await turn();
  expect(sent).toEqual(['first', 'second', 'all']);
});

test('an answer that comes while others are sent is not forgotten', async () => {
  const sent: string[] = [];
  const answers = new TurnAnswers<string>(
    (answer) => {
      sent.push(answer);
      if (answer === 'first') answers.add('later');
    },
    () => sent.push('all'),
  );
  answers.add('first');
  answers.add('second');
  await turn();
  await turn();
  // Memory that answers lie in must not be used again while one of them waits.
  expect(sent).toEqual(['first', 'second', 'later', 'all']);
});

test('what has waited long is sent before more work is begun, and once', async () => {
  const { sent, answers } = collecting();
  answers.add('first');
  answers.beforeWork(performance.now() - 1);
  expect(sent).toEqual([]);
  answers.beforeWork(performance.now() + 5);
  expect(sent).toEqual(['first', 'all']);
  answers.add('second');
  await turn();
  expect(sent).toEqual(['first', 'all', 'second', 'all']);
});
