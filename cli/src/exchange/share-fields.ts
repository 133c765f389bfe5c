import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Call, OptionSpec } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExchangeClient } from './exchange-client.ts';

/** What a share is, as options of `share create` and `share dry-run`. */
export const shareOptions: Readonly<Record<string, OptionSpec>> = {
  name: { type: 'string', placeholder: 'TEXT', description: 'its name (default: made of source and destination)' },
  source: { type: 'string', placeholder: 'ENDPOINT/SEGMENT', description: 'the audience that is shared' },
  destination: {
    type: 'string',
    placeholder: 'ENDPOINT[/SEGMENT]',
    description: 'where it goes; without a segment --new-segment names one',
  },
  'new-segment': { type: 'string', placeholder: 'NAME', description: 'a segment that the first run makes at the destination' },
  map: {
    type: 'string',
    placeholder: 'SRC[,SRC]=DST',
    description: 'identifiers of the source, and the one of the destination that they become',
  },
  attribute: { type: 'string', multiple: true, placeholder: 'SRC=DST', description: 'an attribute that goes along; may be repeated' },
  suggest: { type: 'boolean', description: 'take the mapping that the server suggests, and say which; --map and --attribute win' },
  action: { type: 'string', choices: ['ADD', 'REPLACE', 'REMOVE'], description: 'what the rows do at the destination (default: ADD)' },
  at: {
    type: 'string',
    placeholder: 'TIME',
    description: 'once, then (2027-01-31T08:00:00Z, or local time with --timezone); default: now',
  },
  daily: { type: 'string', placeholder: 'TIME', description: 'every day from then on' },
  weekly: { type: 'string', placeholder: 'TIME', description: 'every week from then on' },
  timezone: { type: 'string', placeholder: 'ZONE', description: 'of these times, such as Europe/Berlin (default: GMT)' },
  schedule: { type: 'string', placeholder: 'JSON', description: 'any other schedule of the API' },
  'allow-empty-replace': { type: 'boolean', description: 'a REPLACE with no rows may empty the audience' },
  file: { type: 'string', placeholder: 'FILE', description: 'the share as a JSON file, as the API takes it; options win; - reads stdin' },
};

type Fields = Record<string, unknown>;

/** The body of `POST /v1/shares`. Throws CommandFailure (usage) for what is none. */
export async function shareOf(call: Call, exchange: ExchangeClient): Promise<Fields> {
  const share: Fields = await fileFields(call);
  const source = placeOf(call, 'source');
  const destination = destinationOf(call);
  if (source !== undefined) share['source'] = source;
  if (destination !== undefined) share['destination'] = destination;
  for (const part of ['source', 'destination'])
    if (share[part] === undefined) throw new CommandFailure(`--${part} is missing`, exitCodes.usage);
  if (call.flag('suggest')) Object.assign(share, await suggested(call, exchange, share));
  const mapping = mappingOf(call);
  if (mapping !== undefined) share['identityMapping'] = mapping;
  if (share['identityMapping'] === undefined)
    throw new CommandFailure(
      '--map is missing: which identifier becomes which, such as email=email; --suggest asks the server',
      exitCodes.usage,
    );
  const attributes = call.texts('attribute').map((text) => pairOf('attribute', text));
  if (attributes.length > 0) share['attributeMappings'] = Object.fromEntries(attributes);
  const action = call.text('action');
  if (action !== undefined) share['shareAction'] = action;
  const schedule = scheduleOf(call);
  if (schedule !== undefined) share['schedule'] = schedule;
  if (call.flag('allow-empty-replace')) share['allowEmptyReplace'] = true;
  const name = call.text('name');
  if (name !== undefined) share['name'] = name;
  share['name'] ??= `${call.text('source') ?? 'share'} to ${call.text('new-segment') ?? call.text('destination') ?? 'its destination'}`;
  return share;
}

async function fileFields(call: Call): Promise<Fields> {
  const file = call.text('file');
  if (file === undefined) return {};
  try {
    const path = resolve(call.surroundings.cwd, file);
    const text = file === '-' ? Buffer.concat(await Array.fromAsync(call.surroundings.stdin)).toString() : await readFile(path, 'utf8');
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch (error) {
    throw new CommandFailure(`--file ${file}: ${error instanceof Error ? error.message : String(error)}`, exitCodes.usage, {
      cause: error,
    });
  }
  throw new CommandFailure(`--file ${file}: a share is a JSON object`, exitCodes.usage);
}

interface Place {
  readonly endpointId: number;
  readonly segmentId?: string;
}

/** `4101/gold`: behind the first slash all belongs to the segment's id. */
function placeOf(call: Call, option: string): Place | undefined {
  const text = call.text(option);
  if (text === undefined) return undefined;
  const [, endpoint, segmentId] = /^(\d+)(?:\/(.+))?$/s.exec(text) ?? [];
  if (endpoint === undefined || (option === 'source' && segmentId === undefined))
    throw new CommandFailure(`--${option} is ENDPOINT/SEGMENT, such as 4101/gold, not "${text}"`, exitCodes.usage);
  return { endpointId: Number(endpoint), ...(segmentId === undefined ? {} : { segmentId }) };
}

function destinationOf(call: Call): object | undefined {
  const place = placeOf(call, 'destination');
  const name = call.text('new-segment');
  if (place === undefined) return undefined;
  if ((place.segmentId === undefined) === (name === undefined))
    throw new CommandFailure(
      'the destination is --destination ENDPOINT/SEGMENT, or --destination ENDPOINT with --new-segment NAME',
      exitCodes.usage,
    );
  return name === undefined ? place : { ...place, newSegment: { name } };
}

function mappingOf(call: Call): object | undefined {
  const text = call.text('map');
  if (text === undefined) return undefined;
  const [sources, destinationIdentifier] = pairOf('map', text);
  return { sourceIdentifiers: sources.split(',').map((source) => source.trim()), destinationIdentifier };
}

/** At the last `=`. */
function pairOf(option: string, text: string): [string, string] {
  const at = text.lastIndexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new CommandFailure(`--${option} is SRC=DST, not "${text}"`, exitCodes.usage);
}

async function suggested(call: Call, exchange: ExchangeClient, { source, destination }: Fields): Promise<Fields> {
  const body = { source, destination };
  const answer = await call.slowly('asking for a mapping …', exchange.json('POST', '/v1/shares/suggest-mapping', { body }));
  const { identityMapping, attributeMappings, unmappedRequired } = answer;
  if (identityMapping === null) throw new CommandFailure('no identifier of the source has the type of one of the destination');
  call.say(`suggested: identifiers ${JSON.stringify(identityMapping)}, attributes ${JSON.stringify(attributeMappings)}`);
  if (Array.isArray(unmappedRequired) && unmappedRequired.length > 0)
    call.say(`the destination requires these too; name them with --attribute: ${unmappedRequired.join(', ')}`);
  return { identityMapping, attributeMappings };
}

function scheduleOf(call: Call): unknown {
  const given = ['at', 'daily', 'weekly', 'schedule'].filter((option) => call.text(option) !== undefined);
  if (given.length > 1) throw new CommandFailure(`--${given.join(' and --')} cannot stand together`, exitCodes.usage);
  const [option] = given;
  const timezone = call.text('timezone');
  if (option === undefined) {
    if (timezone !== undefined) throw new CommandFailure('--timezone belongs to --at, --daily or --weekly', exitCodes.usage);
    return undefined;
  }
  const text = call.text(option) ?? '';
  if (option !== 'schedule') return { type: option.toUpperCase(), at: text, ...(timezone === undefined ? {} : { timezone }) };
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CommandFailure(`--schedule is not JSON: ${String(error)}`, exitCodes.usage, { cause: error });
  }
}
