/**
 * Plays every scenario of ./scenarios with the unchanged runner against a real server that is started as ./README.md says,
 * once with hot routes, once without (there only the scenarios that touch a hot route), and once with the catalog in PostgreSQL.
 * not-yet.json lists the scenario files that are not expected to pass: one that passes, does not exist, or was added to
 * the list counts as a failure, so that the list only shrinks. A few files that fail are played once more, alone: scenarios wait for seconds,
 * which is too little where the machine stood still. What they said first is printed.
 * Usage: node server/test/conformance/play-conformance.ts [--filter TEXT]   (TEXT: part of a file's path under scenarios/)
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { importFile } from '../api.ts';
import { withPostgres } from '../postgres-for-programs.ts';
import { startServer, temporaryFolder } from '../running-server.ts';
import type { RunningServer } from '../running-server.ts';
import { addedToList } from './not-yet-history.ts';

const here = import.meta.dirname;
const scenarioFolder = join(here, 'scenarios');
const notYetFile = join(here, 'not-yet.json');

/** As ./README.md asks; all other settings at their defaults. */
const settings = { FOYER_ALLOW_PRIVATE_ENDPOINTS: '1', FOYER_RT_RATE_LIMIT: '0', FOYER_TRUST_PROXY: '1' };

/** Scenarios that call instant, lookup, pixels, user sync or enrich: the ones that hot routes can change. */
const hot = /^(ingest\/(instant|lookup|pixels|identity)-|activation\/(enrich|lookup)-)/;

/** Scenarios that wait on the clock or fail early share the machine well; the expected ones run one after the other by folder. */
const notYetProcesses = 6;

/** Where more expected files fail, it is not the machine. */
const mostPlayedAgain = 3;

type Verdict = { readonly ok: boolean; readonly report: string };

/** Plays these files in one process of the runner; a verdict for each file. */
async function playFiles(files: readonly string[], base: string, peer: string): Promise<ReadonlyMap<string, Verdict>> {
  const paths = files.map((file) => join(scenarioFolder, file));
  const args = [join(here, 'run.mjs'), '--base', base, '--peer', peer, '--verbose', ...paths];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolveRun) => {
    child.on('close', resolveRun);
  });
  return readVerdicts(files, Buffer.concat(chunks).toString('utf8'));
}

/** The runner prints `ok      FILE: NAME` or `not ok  FILE: NAME` and indented reasons, for each scenario of a file. */
function readVerdicts(files: readonly string[], output: string): ReadonlyMap<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const file of files) {
    const name = basename(file, '.json');
    const reports: string[] = [];
    let seen = 0;
    for (const [whole, word] of output.matchAll(new RegExp(`^(ok|not ok) +${RegExp.escape(name)}: .*\\n(?: {10}.*\\n)*`, 'gm'))) {
      seen += 1;
      if (word === 'not ok') reports.push(whole.trimEnd());
    }
    const told = scenarioCount(file);
    if (seen < told) reports.push(`the runner told about ${seen} of ${told} scenarios; it ended with: ${output.trim().split('\n').at(-1)}`);
    verdicts.set(file, { ok: reports.length === 0, report: reports.join('\n') });
  }
  return verdicts;
}

const scenarioCount = (file: string): number => [JSON.parse(readFileSync(join(scenarioFolder, file), 'utf8')) as unknown].flat().length;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolveListen) => {
    server.listen(0, '127.0.0.1', resolveListen);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolveClose) => {
    server.close(resolveClose);
  });
  return port;
}

/** Starts the scripted peer; the returned function ends it. */
async function startPeer(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(here, 'peer.mjs'), '--port', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolveUp, rejectUp) => {
    child.stdout.once('data', resolveUp);
    child.once('exit', () => rejectUp(new Error('the peer does not start')));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}

/** Scenarios that write the same users as those of another folder, which are played at the same time: they are played with these. */
const playedWith: Readonly<Record<string, string>> = { 'platform/auth-access-token-query.json': 'ingest' };

/** The expected ones by folder at once, then the others spread over several processes, then what has failed of the expected ones. */
async function playAll(
  server: RunningServer,
  expected: readonly string[],
  notYet: readonly string[],
): Promise<ReadonlyMap<string, Verdict>> {
  const peer = await startPeer();
  try {
    const folders = Object.values(Object.groupBy(expected, (file) => playedWith[file] ?? file.split('/')[0] ?? ''));
    const first = await Promise.all(folders.map((files) => playFiles(files ?? [], server.url, peer.url)));
    const spread = Object.values(Object.groupBy(notYet, (file) => notYet.indexOf(file) % notYetProcesses));
    const second = await Promise.all(spread.map((files) => playFiles(files ?? [], server.url, peer.url)));
    const verdicts = new Map([...first, ...second].flatMap((some) => [...some]));
    const failed = expected.filter((file) => verdicts.get(file)?.ok === false);
    if (failed.length === 0 || failed.length > mostPlayedAgain) return verdicts;
    for (const file of failed) console.log(`played once more: ${file}\n${verdicts.get(file)?.report}`);
    return new Map([...verdicts, ...(await playFiles(failed, server.url, peer.url))]);
  } finally {
    peer.stop();
  }
}

async function withServer<T>(own: Readonly<Record<string, string>>, use: (server: RunningServer) => Promise<T>): Promise<T> {
  const folder = temporaryFolder('conformance');
  const env = { ...settings, ...own };
  const server = await startServer({ data: folder.path, args: ['--empty'], env });
  try {
    await importFile(server.url, server.operatorToken, join(here, 'fixture.json'));
    return await use(server);
  } finally {
    await server.stop();
    folder.remove();
  }
}

interface Tally {
  passed: number;
  readonly faults: string[];
}

function fail(tally: Tally, text: string): void {
  tally.faults.push(text);
  console.log(`FAILED  ${text}`);
}

function judge(verdicts: ReadonlyMap<string, Verdict>, listed: ReadonlySet<string>, tally: Tally): void {
  let waiting = 0;
  for (const [file, { ok, report }] of verdicts) {
    if (ok && !listed.has(file)) tally.passed += 1;
    else if (!ok && listed.has(file)) waiting += 1;
    else fail(tally, ok ? `${file}: passes, so it must leave not-yet.json` : `${file}\n${report}`);
  }
  console.log(`        ${verdicts.size} scenario files, ${waiting} of them not expected yet`);
}

async function main(): Promise<void> {
  const at = process.argv.indexOf('--filter');
  const filter = at < 0 ? '' : (process.argv[at + 1] ?? '');
  const found = globSync('**/*.json', { cwd: scenarioFolder }).map((file) => file.replaceAll('\\', '/'));
  const files = found.filter((file) => file.includes(filter)).sort();
  const list = JSON.parse(readFileSync(notYetFile, 'utf8')) as string[];
  const listed = new Set(list);
  const tally: Tally = { passed: 0, faults: [] };
  const failList = (text: string): void => fail(tally, `not-yet.json: ${text}`);
  for (const file of list.filter((name) => !found.includes(name))) failList(`${file} is no scenario`);
  for (const file of list.filter((name, i) => list.indexOf(name) !== i)) failList(`${file} stands there twice`);
  for (const file of addedToList(notYetFile)) failList(`${file} was added; the list may only shrink`);

  const expected = files.filter((file) => !listed.has(file));
  const notYet = files.filter((file) => listed.has(file));
  const play = async (title: string, own: Readonly<Record<string, string>>, wanted: readonly string[], listedToo: readonly string[]) => {
    const began = Date.now();
    console.log(title);
    judge(await withServer(own, (server) => playAll(server, wanted, listedToo)), listed, tally);
    console.log(`        ${((Date.now() - began) / 1000).toFixed(1)} s`);
  };
  const hotOnes = expected.filter((file) => hot.test(file));
  await play('FOYER_HOT_ROUTES=on: all scenarios', { FOYER_HOT_ROUTES: 'on' }, expected, notYet);
  const touching = 'those that touch a hot route: instant, lookup, pixels, identity, enrich';
  await play(`FOYER_HOT_ROUTES=off: ${touching}`, { FOYER_HOT_ROUTES: 'off' }, hotOnes, []);
  await withPostgres((url) => play('FOYER_DATABASE_URL: all scenarios that are expected', { FOYER_DATABASE_URL: url }, expected, []));
  const failed = tally.faults.length;
  console.log(`conformance: ${tally.passed} passed, ${failed} failed`);
  const resultFile = process.env['FOYER_STAGE_RESULT'];
  if (resultFile) writeFileSync(resultFile, JSON.stringify({ ...tally, failed }));
  process.exitCode = failed > 0 || tally.passed === 0 ? 1 : 0;
}

await main();
