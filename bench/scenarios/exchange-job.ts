import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchProgram } from '../contenders/bench-program.ts';
import { type FoyerServer, ownCheckout, startFoyer } from '../contenders/foyer-server.ts';
import { CpuMeter } from '../load/cpu-meter.ts';
import { memoryOf } from '../load/process-memory.ts';
import type { ExchangePeerAnswer, ExchangePeerQuestion } from '../peers/exchange-peer-messages.ts';
import { atMost, wantedAtLeast } from '../report/target.ts';
import { median, spreadOf } from '../statistics/median.ts';
import { plainRow, type Scenario } from './scenario.ts';

const name = 'exchange-job';
const wantedPerSecond = 60_000;
const mostPeakMb = 300;
const lookEveryMs = 100;

type Peer = BenchProgram<ExchangePeerQuestion, ExchangePeerAnswer>;

interface JobRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

/** A whole job through the real server: parts from a pull producer, checked, mapped, hashed, told apart, and delivered to a push consumer. */
export const exchangeJob: Scenario = {
  name,
  summary:
    'rows a second of a job from a pull producer to a push consumer over HTTP, 30% duplicates, SHA-256, and the memory that it takes',
  async run({ runs, users, largeUsers, folder, say }) {
    const rows = largeUsers === null ? users : 2 * largeUsers;
    const serverFolder = join(folder, name);
    const settings = { FOYER_ALLOW_PRIVATE_ENDPOINTS: '1' };
    const foyer = await startFoyer('Foyer', { checkout: ownCheckout, folder: serverFolder, profileFolder: null, settings });
    const peer: Peer = new BenchProgram(join(import.meta.dirname, '..', 'peers', 'exchange-peer-program.ts'));
    const found: JobRun[] = [];
    try {
      const { url } = await peer.ask({ kind: 'begin', rows });
      const share = await setUpShare(foyer, url);
      for (let run = 1; run <= (largeUsers === null ? runs : 1); run++) {
        await peer.ask({ kind: 'begin', rows });
        found.push(await runJob(foyer, peer, share, rows));
        say(`${name}: run ${run}, ${found.at(-1)?.seconds.toFixed(1)} s`);
      }
    } finally {
      await peer.stop();
      await foyer.stop();
      rmSync(serverFolder, { recursive: true, force: true });
    }
    const rate = spreadOf(found.map(({ seconds }) => rows / seconds));
    const peak = median(found.map(({ peakMb }) => peakMb));
    return {
      scenario: name,
      rows: [
        {
          ...plainRow(name, 'pull producer to push consumer', { ...rate, unit: 'rows/s' }, [
            wantedAtLeast(wantedPerSecond, 'rows/s', rate.median),
          ]),
          cpuUsPerCall: median(found.map(({ cpuSeconds }) => (cpuSeconds / rows) * 1e6)),
        },
        plainRow(name, 'most memory above idle', { ...spreadOf(found.map(({ peakMb }) => peakMb)), unit: 'MB' }, [
          atMost(mostPeakMb, 'MB', peak),
        ]),
      ],
      notes: [`${name}: ${rows.toLocaleString('en-US')} rows of 3 columns in parts of 1M, 30% with the identifier of another row`],
      runs: found.map((run) => ({ contender: 'Foyer', ...run })),
    };
  },
};

async function ask(
  foyer: FoyerServer,
  path: string,
  method: string,
  body?: unknown,
  authorization = `Bearer ${foyer.token}`,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${foyer.url}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
}

/** A share of the peer's audience with the peer itself. */
async function setUpShare(foyer: FoyerServer, url: string): Promise<number> {
  const register = async (endpointName: string, definition: object): Promise<number> => {
    const { endpointId, key } = await ask(foyer, '/v1/endpoint-registrations', 'POST', { name: endpointName });
    await ask(foyer, '/v1/endpoint', 'PUT', { name: endpointName, providerName: 'Bench', ...definition }, `Bearer ${String(key)}`);
    return Number(endpointId);
  };
  const columns = (identifier: string, attributes: readonly object[]) => ({
    marketingDatabasesDefinition: {
      marketingDatabases: [{ name: 'people', identifiers: [{ name: identifier, type: 'email' }], attributes }],
    },
  });
  const tier = { name: 'tier', type: 'string' };
  const source = await register('Producer', {
    endpointTypes: { segment: { source: { enabled: true, sourceType: 'pull', url } } },
    ...columns('homeemail', [tier, { name: 'joined', type: 'date' }]),
  });
  const destination = await register('Consumer', {
    hashAlgorithm: 'SHA256',
    endpointTypes: { segment: { destination: { enabled: true, destinationType: 'push', url, shareActions: ['ADD'] } } },
    ...columns('email', [{ name: 'level', type: 'string' }]),
  });
  const refresh = await ask(foyer, '/v1/audiences/refresh', 'POST', { endpointId: source });
  await ended(foyer, `/v1/jobs/SEGMENT_POPULATE_DB/${String(refresh.jobId)}`);
  const share = await ask(foyer, '/v1/shares', 'POST', {
    name: 'Bench',
    source: { endpointId: source, segmentId: 'all' },
    destination: { endpointId: destination, segmentId: 'all' },
    identityMapping: { sourceIdentifiers: ['homeemail'], destinationIdentifier: 'email' },
    attributeMappings: { tier: 'level' },
    // A share for now would begin at once; these runs are begun one by one.
    schedule: { type: 'AT', at: '2099-01-01T00:00:00Z' },
  });
  return Number(share.shareId);
}

async function runJob(foyer: FoyerServer, peer: Peer, share: number, rows: number): Promise<JobRun> {
  const idle = residentMb(foyer.pid);
  const meter = new CpuMeter(foyer.pid);
  meter.begin();
  const begunAt = performance.now();
  const { jobId } = await ask(foyer, `/v1/shares/${share}/run`, 'POST');
  let peakMb = 0;
  const job = await ended(foyer, `/v1/share-jobs/${String(jobId)}`, () => {
    peakMb = Math.max(peakMb, residentMb(foyer.pid) - idle);
  });
  const seconds = (performance.now() - begunAt) / 1000;
  const cpuSeconds = meter.end()?.server ?? 0;
  const { delivered } = await peer.ask({ kind: 'count' });
  if (job.rowsReceived !== rows || job.rowsSent !== delivered || Number(job.rowsSent) + Number(job.rowsMerged) !== rows)
    throw new Error(`the counts do not add up: ${JSON.stringify(job)}, ${delivered} were delivered`);
  return { seconds, cpuSeconds, peakMb };
}

async function ended(foyer: FoyerServer, path: string, look: () => void = () => {}): Promise<Record<string, unknown>> {
  for (let asked = 0; ; asked++) {
    look();
    // Seldom: what is measured is not how fast a job is shown.
    if (asked % 5 === 0) {
      const job = await ask(foyer, path, 'GET');
      if (job.status === 'COMPLETE') return job;
      if (job.status === 'FAILED' || job.status === 'CANCELED') throw new Error(JSON.stringify(job));
    }
    await sleep(lookEveryMs);
  }
}

const residentMb = (pid: number): number => memoryOf(pid).resident / 1e6;
