import { describeMovements } from '../profile-movements.contract.ts';
import { describeScan } from '../profile-scan.contract.ts';
import { describeIdentity } from '../profile-identity.contract.ts';
import { describeProfileStore } from '../profile-store.contract.ts';
import { describeRestore } from '../profile-restore.contract.ts';
import { describeUndo } from '../profile-undo.contract.ts';
import { describeWithdrawal } from '../profile-withdrawal.contract.ts';
import { ModelProfileStore } from './model-profile-store.ts';

describeProfileStore('the model engine', async (options) => new ModelProfileStore(options));
describeScan('the model engine', async (options) => new ModelProfileStore(options));
describeWithdrawal('the model engine', async (options) => new ModelProfileStore(options));
describeIdentity('the model engine', async (options) => new ModelProfileStore(options));
describeMovements('the model engine', async (options) => new ModelProfileStore(options));
describeUndo('the model engine', async (options) => new ModelProfileStore(options));
describeRestore('the model engine', async (options) => new ModelProfileStore(options));
