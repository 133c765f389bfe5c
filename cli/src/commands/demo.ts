import type { FoyerClient } from '@foyer/sdk/client.ts';
import type { Call, Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { removeDemoObjects } from '../demo/demo-objects.ts';
import { demoLogins, demoReportJson, demoReportLines } from '../demo/demo-report-text.ts';
import { demoIsLoaded, readDemoState } from '../demo/demo-state.ts';
import { runDemo } from '../demo/run-demo.ts';
import { exitCodes } from '../exit-codes.ts';
import { loginLines } from '../login-lines.ts';
import { dataDirectoryOf, dataOption } from '../run-file.ts';
import { withServerAt } from '../server-at-data-directory.ts';

export const demo: Command = {
  name: 'demo',
  summary: 'load the demo: 48,842 people of the US census in segments of the IAB taxonomy',
  operands: [],
  options: {
    data: dataOption,
    reset: { type: 'boolean', description: 'take the demo away first (its segments and its sharing record), then load it again' },
  },
  examples: ['npx foyer demo', 'npx foyer demo --reset', 'npx foyer demo --data /tmp/try-foyer'],
  details:
    'Goes into a data directory that holds nothing else, and finishes a demo that was interrupted. Where it is there already, nothing\n' +
    'changes. --reset never touches the objects of others; the two demo accounts get new passwords.',
  run: async (call) => {
    const dataDirectory = dataDirectoryOf(call);
    return await withServerAt(dataDirectory, call, (operator) => demoAt(operator, dataDirectory, call));
  },
};

async function demoAt(operator: FoyerClient, dataDirectory: string, call: Call): Promise<number> {
  let state = await readDemoState(operator);
  const there = state.provider !== undefined;
  if (state.foreign !== undefined && !there) {
    throw new CommandFailure(
      `${dataDirectory} holds more than the demo (${state.foreign}); the demo goes only into a directory of its own: --data`,
    );
  }
  if (demoIsLoaded(state) && !call.flag('reset')) {
    if (call.json) call.printJson({ loaded: false, already_there: true });
    else call.print('The demo is already there; nothing changed. "foyer demo --reset" loads it again.');
    return exitCodes.ok;
  }
  if (there && call.flag('reset')) {
    await removeDemoObjects(operator, state);
    state = await readDemoState(operator);
  } else if (there) {
    call.say('An earlier load of the demo was interrupted; it is finished now.');
  }
  const report = await runDemo(operator, state, call);
  if (call.json) {
    call.printJson({ loaded: true, already_there: false, ...demoReportJson(report) });
    return exitCodes.ok;
  }
  for (const line of demoReportLines(report)) call.print(line);
  call.print();
  for (const line of loginLines(demoLogins(report))) call.print(line);
  return exitCodes.ok;
}
