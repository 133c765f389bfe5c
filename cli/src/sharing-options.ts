import type { SharingRecordBody } from '@foyer/sdk/generated/wire.ts';
import type { Call, OptionSpec } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { optionIds } from './read-id.ts';

export const sharingOptions: Readonly<Record<string, OptionSpec>> = {
  segments: { type: 'string', placeholder: 'IDS', description: 'these segments, by comma' },
  all: { type: 'boolean', description: 'all segments of the member, those made later too' },
  export: { type: 'string', choices: ['true', 'false'], description: 'whether the buyer may pass them on through the exchange' },
};

/** What is shared; undefined where neither option was given. Throws CommandFailure (usage) for both. */
export function exposureOf(call: Call): SharingRecordBody | undefined {
  const ids = optionIds(call, 'segments');
  if (call.flag('all') && ids !== undefined) throw new CommandFailure('--segments or --all, not both', exitCodes.usage);
  if (call.flag('all')) return { segment_exposure: 'all', segments: null };
  return ids === undefined ? undefined : { segment_exposure: 'list', segments: ids.map((id) => ({ id })) };
}

export function exportOf(call: Call): SharingRecordBody {
  const text = call.text('export');
  return text === undefined ? {} : { export_allowed: text === 'true' };
}
