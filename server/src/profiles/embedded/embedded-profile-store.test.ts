import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeMovements } from '../profile-movements.contract.ts';
import { describeScan } from '../profile-scan.contract.ts';
import { describeIdentity } from '../profile-identity.contract.ts';
import { describeProfileStore, type ContractOptions } from '../profile-store.contract.ts';
import { describeRestore } from '../profile-restore.contract.ts';
import { describeUndo } from '../profile-undo.contract.ts';
import { describeWithdrawal } from '../profile-withdrawal.contract.ts';
import { EmbeddedProfileStore } from './embedded-profile-store.ts';

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((each) => rm(each, { recursive: true }))));

async function open(options: ContractOptions): Promise<EmbeddedProfileStore> {
  const directory = await mkdtemp(join(tmpdir(), 'foyer-profiles-'));
  directories.push(directory);
  return EmbeddedProfileStore.open({ ...options, directory, sweepIntervalMs: 5, ownThread: false });
}

describeProfileStore('the embedded engine', open);
describeScan('the embedded engine', open);
describeWithdrawal('the embedded engine', open);
describeIdentity('the embedded engine', open);
describeMovements('the embedded engine', open);
describeUndo('the embedded engine', open);
describeRestore('the embedded engine', open);
