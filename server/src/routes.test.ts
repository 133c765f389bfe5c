import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type AccountName, type PlatformServer } from '../test/platform-server.ts';
import type { Operation } from './http/operation.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform({ settings: { trustProxy: 1 } });
});
afterAll(() => platform.stop());

type Caller = 'nobody' | AccountName;
/** nobody, another member, a viewer, the owner, an administrator. */
const callers: readonly Caller[] = ['nobody', 'stranger', 'viewer', 'provider', 'admin'];

/** What each caller gets of each operation: an error id, or `in` where it is let in (whatever the answer is then). */
const open = ['in', 'in', 'in', 'in', 'in'];
const read = ['NOAUTH', 'in', 'in', 'in', 'in'];
const write = ['NOAUTH', 'in', 'UNAUTH', 'in', 'in'];
const administer = ['NOAUTH', 'UNAUTH', 'UNAUTH', 'UNAUTH', 'in'];
/** Only the operator's token, which no account has. */
const operate = ['NOAUTH', 'UNAUTH', 'UNAUTH', 'UNAUTH', 'UNAUTH'];
const expectations: Readonly<Record<string, readonly string[]>> = {
  describeServer: open,
  listAdvertisers: read,
  createAdvertiser: write,
  updateAdvertiser: write,
  describeAdvertisers: read,
  logIn: open,
  readBatchConfig: read,
  updateBatchConfig: administer,
  createBatchConfig: administer,
  listDataBuyerProviders: read,
  enableDataProvider: ['NOAUTH', 'in', 'UNAUTH', 'in', 'in'],
  updateDataBuyerProvider: write,
  describeDataBuyerProviders: read,
  createBackup: operate,
  checkHealth: open,
  importCatalog: administer,
  listMembers: read,
  createMember: administer,
  updateMember: write,
  describeMembers: read,
  listSharingRecords: read,
  createSharingRecord: write,
  updateSharingRecord: write,
  deleteSharingRecord: write,
  describeSharingRecords: read,
  readMetrics: ['NOAUTH', 'NOAUTH', 'NOAUTH', 'NOAUTH', 'in'],
  describeApi: open,
  listNotices: read,
  updateNotice: write,
  describeNotices: read,
  listPlatformMembers: read,
  describePlatformMembers: read,
  checkReadiness: open,
  addUsers: write,
  lookUpUser: read,
  getProcessed: read,
  listSegments: read,
  createSegment: write,
  updateSegment: write,
  deleteSegment: write,
  describeSegments: read,
  listSegmentAccessRequests: read,
  createSegmentAccessRequest: write,
  updateSegmentAccessRequest: write,
  describeSegmentAccessRequests: read,
  segmentStats: read,
  listAccounts: read,
  createAccount: administer,
  updateAccount: write,
  describeAccounts: read,
  refuseUnofferedServiceGET: read,
  refuseUnofferedServicePOST: read,
  refuseUnofferedServicePUT: read,
  refuseUnofferedServiceDELETE: read,
};

function operationOf(id: string): Operation {
  const operation = platform.server.operations.find((known) => known.id === id);
  if (!operation) throw new Error(`there is no operation ${id}`);
  return operation;
}

const ofAccess = (errorId: unknown): string => (['NOAUTH', 'NOAUTH_DISABLED', 'UNAUTH'].includes(String(errorId)) ? String(errorId) : 'in');

/** Calls it with nothing in it: who is let in gets past the door, and does no harm. */
async function outcome({ method }: Operation, path: string, caller: Caller): Promise<string> {
  const answer = await platform.call(`${method} ${path.replace(/:\w+/g, '999999') as '/x'}`, {
    as: caller === 'nobody' ? null : caller,
    headers: { 'x-forwarded-for': '203.0.113.7' },
    ...(method === 'GET' ? {} : { body: '' }),
  });
  return ofAccess(answer.at('error_id'));
}

it('every operation has its expectation, and no other', () => {
  expect(Object.keys(expectations).toSorted()).toEqual(platform.server.operations.map(({ id }) => id).toSorted());
});

it('every operation has one name, and every route one operation', () => {
  const routes = platform.server.operations.flatMap(({ method, paths }) => paths.map((path) => `${method} ${path}`));
  expect(new Set(routes).size).toBe(routes.length);
});

describe('who is let in', () => {
  it.each(Object.entries(expectations))('%s', async (id, expected) => {
    const operation = operationOf(id);
    for (const path of operation.paths) {
      // Two places in a path: the first one is the member, and not the caller's own.
      if (path.includes(':second')) continue;
      const outcomes = [];
      for (const caller of callers) outcomes.push(await outcome(operation, path, caller));
      expect(outcomes, path).toEqual(expected);
    }
  });
});
