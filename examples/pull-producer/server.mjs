/**
 * A pull producer: the exchange asks it for segments and their rows (exchange.md section 2.5). Plain Node, no dependencies.
 * A file NAME.csv is the segment NAME, always ready. A module NAME.mjs is a segment that is made on demand, by a job.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { createGzip } from 'node:zlib';
import { checkKey, notFound, readJson, sendJson, sendRefusal } from './answering.mjs';

const port = Number(process.env.PORT ?? 9101);
const folder = resolve(process.env.FOLDER ?? join(import.meta.dirname, 'audiences'));
const key = process.env.API_KEY ?? '';
if (key === '') throw new Error('API_KEY must hold the key that the exchange shows');
const definition = JSON.parse(await readFile(join(import.meta.dirname, 'endpoint.json'), 'utf8'));
const [database] = definition.marketingDatabasesDefinition.marketingDatabases;

/** Jobs of this process. A restart forgets them; the exchange then asks anew. */
const jobs = new Map();
/** The exchange repeats a request whose answer it did not get, with the same key: it must not become a second job. */
const jobsByKey = new Map();
const jobFolder = join(folder, '.jobs');

/** Looked up in the folder's own list, so that no id leads out of it. */
async function findSegment(id) {
  const names = await readdir(folder);
  const name = [`${id}.csv`, `${id}.mjs`].find((candidate) => names.includes(candidate));
  if (name === undefined) throw notFound(`segment ${id}`);
  return { id, path: join(folder, name), ready: name.endsWith('.csv') };
}

/** A cell with what must stand in quotes in quotes. */
const cell = (value) => (/[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

const loadRows = async (path) => (await import(pathToFileURL(path).href)).rows();

async function columnsOf({ path, ready }) {
  if (!ready) {
    const rows = await loadRows(path);
    const { value } = await rows.next();
    await rows.return();
    return value;
  }
  const file = await open(path);
  const { value = '' } = await file.readLines()[Symbol.asyncIterator]().next();
  await file.close();
  return value.replace(/^\uFEFF/, '').split(',');
}

async function describe(segment) {
  const columns = await columnsOf(segment);
  const among = (declared) => declared.filter(({ name }) => columns.includes(name)).map(({ name, type }) => ({ name, type }));
  return {
    id: segment.id,
    name: segment.id,
    description: segment.ready ? null : 'Made on demand',
    type: segment.ready ? 'static' : 'dynamic',
    identifiers: among(database.identifiers),
    attributes: among(database.attributes),
    count: null,
    lastModified: (await stat(segment.path)).mtime.toISOString(),
  };
}

async function listSegments() {
  const names = (await readdir(folder)).filter((name) => /\.(csv|mjs)$/.test(name)).toSorted();
  return await Promise.all(names.map(async (name) => describe(await findSegment(name.replace(/\.\w+$/, '')))));
}

/** Begins to make the rows and answers at once; the exchange polls. */
async function startJob({ segmentId }, requestKey) {
  if (jobsByKey.has(requestKey)) return jobsByKey.get(requestKey);
  const segment = await findSegment(String(segmentId));
  const job = { jobId: randomUUID(), status: 'RUNNING', jobData: [], errorDetails: null };
  jobs.set(job.jobId, job);
  if (requestKey !== undefined) jobsByKey.set(requestKey, job);
  makeRows(segment, job).catch((error) => Object.assign(job, { status: 'FAILED', errorDetails: String(error) }));
  return job;
}

async function makeRows({ path, ready }, job) {
  await mkdir(jobFolder, { recursive: true });
  const file = join(jobFolder, `${job.jobId}.csv`);
  const digest = createHash('sha256');
  let rows = -1;
  const csv = async function* () {
    for await (const row of await loadRows(path)) {
      rows += 1;
      yield `${row.map(cell).join(',')}\r\n`;
    }
  };
  const hashed = async function* (lines) {
    for await (const line of lines) {
      digest.update(line);
      yield line;
    }
  };
  await (ready ? pipeline(createReadStream(path), hashed, createWriteStream(file)) : pipeline(csv, hashed, createWriteStream(file)));
  const part = { jobDataId: 'rows', bytes: (await stat(file)).size, sha256: digest.digest('hex'), ...(ready ? {} : { rows }) };
  Object.assign(job, { status: 'COMPLETE', jobData: [part] });
}

function findJob(id) {
  const job = jobs.get(id);
  if (job === undefined) throw notFound(`job ${id}`);
  return job;
}

async function sendCsv(request, response, path) {
  const packed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8', ...(packed ? { 'content-encoding': 'gzip' } : {}) });
  await (packed ? pipeline(createReadStream(path), createGzip(), response) : pipeline(createReadStream(path), response));
}

async function answer(request, response) {
  checkKey(request, key);
  const parts = new URL(request.url, 'http://localhost').pathname.split('/').slice(1).map(decodeURIComponent);
  const [version, kind, id, data, dataId] = parts;
  const call = `${request.method} ${version}/${kind}${id === undefined ? '' : '/ID'}${data === undefined ? '' : `/${data}`}${dataId === undefined ? '' : '/ID'}`;
  if (call === 'GET v1/segments') return sendJson(response, 200, await listSegments());
  if (call === 'GET v1/segments/ID') return sendJson(response, 200, await describe(await findSegment(id)));
  if (call === 'GET v1/segments/ID/data') {
    const segment = await findSegment(id);
    // 204 says: not ready, ask for a job.
    return segment.ready ? await sendCsv(request, response, segment.path) : response.writeHead(204).end();
  }
  if (call === 'POST v1/jobs') {
    const body = readJson(Buffer.concat(await Array.fromAsync(request)).toString('utf8'));
    return sendJson(response, 202, await startJob(body, request.headers['idempotency-key']), { 'retry-after': '1' });
  }
  if (call === 'GET v1/jobs/ID') return sendJson(response, 200, findJob(id), { 'retry-after': '1' });
  if (call === 'GET v1/jobs/ID/data/ID') {
    if (!findJob(id).jobData.some(({ jobDataId }) => jobDataId === dataId)) throw notFound(`data ${dataId} of job ${id}`);
    return await sendCsv(request, response, join(jobFolder, `${id}.csv`));
  }
  throw notFound(`call ${request.method} ${request.url}`);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => (response.headersSent ? response.destroy() : sendRefusal(response, error)));
});
server.listen(port, process.env.HOST ?? '127.0.0.1', () => console.log(`producer listening on ${server.address().port}`));
