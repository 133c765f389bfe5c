/** A server with two hot operations of its own, through the direct front or all through node:http and the framework. */
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { asAccountId, asMemberId } from '../../kit/ids.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Admit } from '../caller.ts';
import { httpErrors } from '../http-errors.ts';
import { createHttpServer } from '../http-server.ts';
import type { AccountOperation } from '../operation.ts';
import type { Parameters } from '../parameters.ts';
import { RequestFront } from '../request-front.ts';
import { RequestMetrics } from '../request-metrics.ts';

export const bodyLimit = 2000;

/** Nobody is admitted without `authorization: yes`, in the header or the query. */
const admit: Admit = ({ headers, queryToken }) => {
  if (headers.authorization !== 'yes' && queryToken !== 'yes') throw refusal(httpErrors.metricsClosed);
  return { caller: { accountId: asAccountId(1), username: 'someone', memberId: asMemberId(1), role: 'member' }, headers: {} };
};

const access = { writes: false, tokenInQuery: true, throttled: false } as const;

/** Answers what it got: the body, the query and the headers as the operation sees them. */
const echo: AccountOperation = {
  id: 'echo',
  method: 'POST',
  paths: ['/echo'],
  summary: 'Say it again',
  access,
  bodyLimitBytes: bodyLimit,
  async handle({ body, parameters, facts }) {
    const { 'content-type': _shownToTheFramework, ...headers } = facts.headers;
    const seen = { body: body.toString('latin1'), a: parameters.text('a') ?? null, path: facts.path, headers, peer: facts.peerAddress };
    return { fields: { seen }, outputTerm: 'seen' };
  },
};

/** Where `header` is asked, one of so many characters. */
function longHeaders(parameters: Parameters): Record<string, string> {
  const length = parameters.integer('header');
  return length === undefined ? {} : { 'x-long': 'h'.repeat(length) };
}

/** Answers when `release` is called where `wait` is asked; long where `size` is asked; as bytes where `written` is; at once otherwise. */
const tell = (released: Promise<void>): AccountOperation => ({
  id: 'tell',
  method: 'GET',
  paths: ['/tell'],
  summary: 'Say something',
  access,
  handle({ parameters }) {
    const size = parameters.integer('size') ?? 1;
    const written = parameters.text('written');
    if (written !== undefined)
      return {
        writeFields: (into) => into.putText(`"said":"${written.repeat(size)}"`),
        outputTerm: 'said',
        headers: longHeaders(parameters),
      };
    const answer = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'é'.repeat(size) };
    return parameters.flag('wait') === true ? released.then(() => answer) : answer;
  },
});

export interface DirectFixture {
  readonly port: number;
  readonly url: string;
  readonly operations: readonly AccountOperation[];
  readonly front: RequestFront;
  /** Lets calls of `GET /tell?wait` go on. */
  readonly release: () => void;
  readonly stop: () => Promise<void>;
}

export function createParts(): Pick<DirectFixture, 'operations' | 'front' | 'release'> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const front = new RequestFront({
    admit,
    log: pino({ level: 'silent' }),
    metrics: new RequestMetrics(new Registry()),
    logSample: 0,
    slowCallMs: 1e9,
  });
  return { operations: [echo, tell(promise)], front, release: resolve };
}

export async function startFixture(hot: boolean): Promise<DirectFixture> {
  const parts = createParts();
  const { operations, front } = parts;
  const hotOperations = hot ? operations : [];
  const server = createHttpServer({ operations, hotOperations, front, log: pino({ level: 'silent' }), bodyLimitBytes: bodyLimit });
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    ...parts,
    port,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      front.stop();
      await server.close(2000);
    },
  };
}
