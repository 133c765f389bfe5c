import { FoyerClient } from '@foyer/sdk/client.ts';
import type { Call, Command } from '../command.ts';
import { failureOf } from '../command-failure.ts';
import { demoLogins, demoReportJson, demoReportLines } from '../demo/demo-report-text.ts';
import { buyerCode, demoIsLoaded, providerCode, readDemoState } from '../demo/demo-state.ts';
import type { DemoState } from '../demo/demo-state.ts';
import { runDemo } from '../demo/run-demo.ts';
import { serverExitCodeTexts } from '../exit-codes.ts';
import { firstLines } from '../first-lines.ts';
import { loginLines } from '../login-lines.ts';
import type { ShownLogin } from '../login-lines.ts';
import { dataOption, readRunFile } from '../run-file.ts';
import { sayIfSlow } from '../say-if-slow.ts';
import { humanLogLine } from '../server-log-line.ts';
import { ServerProcess, ServerStartError } from '../server-process.ts';
import type { ReadyServer } from '../server-process.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'run the server; the first start loads the demo',
  operands: [],
  options: {
    data: dataOption,
    host: { type: 'string', placeholder: 'HOST', description: 'where to listen (default: FOYER_HOST, else 127.0.0.1)' },
    port: { type: 'string', placeholder: 'N', description: 'the port, 0 for any free one (default: FOYER_PORT, else 8080)' },
    empty: { type: 'boolean', description: 'never load the demo' },
  },
  examples: ['npx foyer serve', 'npx foyer serve --data /var/lib/foyer --empty', 'npx foyer serve --port 0 --data /tmp/try-foyer'],
  details: [
    'The log goes to stderr: as JSON lines, or on a terminal only warnings and errors, as text. Ctrl-C or SIGTERM stops in order.',
    '',
    'Exit codes',
    ...serverExitCodeTexts.map(([code, text]) => `  ${code}  ${text}`),
  ].join('\n'),
  run: async (call) => {
    const stopped = new AbortController();
    const server = startServer(call);
    const stopListening = call.surroundings.onStop(() => {
      stopped.abort();
      server.stop();
    });
    try {
      const ready = await sayIfSlow('starting …', (line) => call.say(line), server.ready);
      await welcome(ready, call, stopped.signal);
      return await server.exited;
    } catch (error) {
      // What was wrong stands on stderr already, in the server's own line.
      if (error instanceof ServerStartError) return error.exitCode;
      throw error;
    } finally {
      server.stop();
      await server.exited;
      stopListening();
    }
  },
};

function startServer(call: Call): ServerProcess {
  const { surroundings } = call;
  const passed = ['data', 'host', 'port'].flatMap((name) => {
    const value = call.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const options = {
    entry: surroundings.serverEntry,
    arguments: call.flag('empty') ? [...passed, '--empty'] : passed,
    env: surroundings.env,
    onProgress: (text: string) => call.say(text),
  };
  if (surroundings.stderr.isTTY !== true) return new ServerProcess(options);
  const onLine = (line: string): void => {
    const text = humanLogLine(line);
    if (text !== undefined) call.say(text);
  };
  return new ServerProcess({ ...options, onLine });
}

/** What a person wants to know once the server listens; a trouble in here is told and does not end the server. */
async function welcome(ready: ReadyServer, call: Call, stopped: AbortSignal): Promise<void> {
  const { firstAccount } = ready;
  const admin: ShownLogin[] = firstAccount === null ? [] : [{ ...firstAccount, who: 'the administrator' }];
  if (call.json) {
    call.printJson({ event: 'ready', url: ready.url, data_directory: ready.dataDirectory, first_account: firstAccount });
  } else {
    call.print(`Foyer is running at ${ready.url}  (data in ${ready.dataDirectory})`);
    if (admin.length > 0) printBlock(call, loginLines(admin));
  }
  try {
    const operator = await operatorOf(ready);
    if (operator === undefined) return;
    const state = await readDemoState(operator);
    if (ready.demoWanted) await loadDemo(operator, state, ready, call, stopped);
    else if (!call.json) await welcomeBack(operator, state, ready, call);
  } catch (error) {
    if (stopped.aborted) return;
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    call.say(`foyer: the server runs, but: ${failure.message}`);
    if (ready.demoWanted) call.say('       "npx foyer demo" loads the demo while the server runs.');
  }
  if (!call.json) call.print('\nCtrl-C stops the server.');
}

const printBlock = (call: Call, lines: readonly string[]): void => {
  call.print();
  for (const line of lines) call.print(line);
};

async function operatorOf(ready: ReadyServer): Promise<FoyerClient | undefined> {
  const runFile = await readRunFile(ready.dataDirectory);
  if (runFile.kind !== 'read') return undefined;
  return new FoyerClient({ baseUrl: ready.url, token: runFile.file.operatorToken });
}

async function loadDemo(operator: FoyerClient, state: DemoState, ready: ReadyServer, call: Call, stopped: AbortSignal): Promise<void> {
  if (!call.json) printBlock(call, ['This data directory is new: loading the demo …', '']);
  const report = await runDemo(operator, state, call, stopped);
  if (call.json) {
    call.printJson({ event: 'demo', ...demoReportJson(report) });
    return;
  }
  for (const line of demoReportLines(report)) call.print(line);
  printBlock(call, loginLines(demoLogins(report)));
  printTry(
    call,
    ready,
    report.segments.map((segment) => segment.id),
  );
}

async function welcomeBack(operator: FoyerClient, state: DemoState, ready: ReadyServer, call: Call): Promise<void> {
  if (ready.firstAccount === null) {
    const names = [...(await adminNames(operator)), ...(demoIsLoaded(state) ? [providerCode, buyerCode] : [])];
    if (names.length > 0)
      printBlock(call, [`Log in as ${names.join(', ')}. The passwords were shown, or given, when the accounts were made.`]);
  }
  if (demoIsLoaded(state))
    printTry(
      call,
      ready,
      state.segments.map((segment) => segment.id),
    );
  else if (state.provider !== undefined) printBlock(call, ['The demo was interrupted while it was loaded; "npx foyer demo" finishes it.']);
}

/** The administrators' names, some of them. */
async function adminNames(operator: FoyerClient): Promise<string[]> {
  const { users } = await operator.listAccounts({ user_type: 'admin', state: 'active', num_elements: 5, sort: 'id' });
  return users.map((account) => account.username);
}

function printTry(call: Call, ready: ReadyServer, segmentIds: readonly number[]): void {
  printBlock(call, ['Try, in another terminal', ...firstLines(ready.url, segmentIds).map((line) => `  ${line}`)]);
}
