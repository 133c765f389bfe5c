/**
 * A push consumer: the exchange makes segments here and sends rows (exchange.md section 2.5). Plain Node, no dependencies.
 * FOLDER/ID.json describes a segment, FOLDER/ID.csv holds its rows. One process owns the folder.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { checkKey, notFound, readJson, Refusal, sendJson, sendRefusal } from './answering.mjs';
import { changes, formatCsv, tableOf } from './rows.mjs';

const port = Number(process.env.PORT ?? 9102);
const folder = resolve(process.env.FOLDER ?? join(import.meta.dirname, 'audiences'));
const key = process.env.API_KEY ?? '';
if (key === '') throw new Error('API_KEY must hold the key that the exchange shows');
const mostBytes = 100 * 2 ** 20;
await mkdir(join(folder, 'requests'), { recursive: true });

/** Written beside and renamed: a reader, and a crash, meet the old file or the new one, never half of one. */
async function writeWhole(path, text) {
  const beside = `${path}.${randomUUID()}.part`;
  await writeFile(beside, text, { flush: true });
  await rename(beside, path);
}
const readFileJson = async (path) => JSON.parse(await readFile(path, 'utf8'));

/** Looked up in the folder's own list, so that no id leads out of it. */
async function findSegment(id) {
  if (!(await readdir(folder)).includes(`${id}.json`)) throw notFound(`segment ${id}`);
  return await readFileJson(join(folder, `${id}.json`));
}

async function describe(id) {
  const segment = await findSegment(id);
  return { ...segment, count: (await readRows(id)).rows.size };
}

async function listSegments() {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  return await Promise.all(names.map((name) => describe(name.replace(/\.json$/, ''))));
}

async function createSegment(id, { name, description = null, identifiers = [], attributes = [] }) {
  if (typeof name !== 'string' || name === '') throw new Refusal(400, 'INVALID_REQUEST', 'name is missing');
  await writeWhole(join(folder, `${id}.json`), JSON.stringify({ id, name, description, identifiers, attributes }));
  return { status: 201, body: { id } };
}

async function readRows(id) {
  const path = join(folder, `${id}.csv`);
  return existsSync(path) ? tableOf(await readFile(path, 'utf8')) : { columns: [], rows: new Map() };
}

async function changeRows(id, action, csv, jobId) {
  await findSegment(id);
  let sent;
  try {
    sent = tableOf(csv.toString('utf8'));
  } catch (error) {
    throw new Refusal(400, 'INVALID_CSV', error.message);
  }
  const { columns, rows } = changes[action](await readRows(id), sent);
  await writeWhole(join(folder, `${id}.csv`), formatCsv({ columns, rows }));
  // All is done by now. A consumer that needs longer answers QUEUED, goes on, and is asked again by GET /v1/jobs/{jobId}.
  return { status: 202, body: { jobId, status: 'COMPLETE', jobData: [], errorDetails: null } };
}

/**
 * Does a request once: its answer is kept under its Idempotency-Key, and a repeat gets it again. The name of what is made comes from the
 * key too, so a crash between the change and the note does no harm: all changes here come to the same when they are made twice.
 */
async function doOnce(request, work) {
  const id = createHash('sha256')
    .update(request.headers['idempotency-key'] ?? randomUUID())
    .digest('hex')
    .slice(0, 32);
  const note = join(folder, 'requests', `${id}.json`);
  if (existsSync(note)) return await readFileJson(note);
  const answer = await work(id);
  await writeWhole(note, JSON.stringify(answer));
  return answer;
}

async function findJob(id) {
  if (!/^[\da-f]{32}$/.test(id) || !existsSync(join(folder, 'requests', `${id}.json`))) throw notFound(`job ${id}`);
  return (await readFileJson(join(folder, 'requests', `${id}.json`))).body;
}

async function readBody(request) {
  const pieces = [];
  let bytes = 0;
  for await (const piece of request) {
    if ((bytes += piece.length) > mostBytes) throw new Refusal(413, 'TOO_LARGE', `A request has ${mostBytes} bytes at most`);
    pieces.push(piece);
  }
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(Buffer.concat(pieces)) : Buffer.concat(pieces);
}

/** Changes wait for each other: two at once would read the same rows, and one would be lost. */
let turn = Promise.resolve();
const inTurn = (work) => (turn = turn.then(work, work));

async function answer(request) {
  checkKey(request, key);
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const [version, kind, id, data] = pathname.split('/').slice(1).map(decodeURIComponent);
  const call = `${request.method} ${version}/${kind}${id === undefined ? '' : '/ID'}${data === undefined ? '' : `/${data}`}`;
  if (call === 'GET v1/segments') return { status: 200, body: await listSegments() };
  if (call === 'GET v1/segments/ID') return { status: 200, body: await describe(id) };
  if (call === 'GET v1/jobs/ID') return { status: 200, body: await findJob(id) };
  const removes = searchParams.get('action') === 'REMOVE';
  const action = { POST: removes ? 'REMOVE' : 'ADD', PUT: 'REPLACE', DELETE: 'REMOVE' }[request.method];
  if (call !== 'POST v1/segments' && (action === undefined || call !== `${request.method} v1/segments/ID/data`))
    throw notFound(`call ${call}`);
  const body = await readBody(request);
  if (call === 'POST v1/segments')
    return await inTurn(() => doOnce(request, (made) => createSegment(made, readJson(body.toString('utf8')))));
  return await inTurn(() => doOnce(request, (jobId) => changeRows(id, action, body, jobId)));
}

const server = createServer(async (request, response) => {
  try {
    const { status, body } = await answer(request);
    sendJson(response, status, body);
  } catch (error) {
    // The rest of a refused request is read over: its sender is to get the answer.
    request.resume();
    sendRefusal(response, error);
  }
});
server.listen(port, process.env.HOST ?? '127.0.0.1', () => console.log(`consumer listening on ${server.address().port}`));
