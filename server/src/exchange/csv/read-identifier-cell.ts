import { asMemberId } from '../../kit/ids.ts';
import { resolveDeviceId, resolveEid, resolveExternalId, type Resolved, resolveUserId } from '../../identity/resolve-user.ts';

/** What an identifier's cell says: its normal form, nothing, or what is wrong with it. */
export type IdentifierCell =
  | { readonly is: 'value'; readonly value: string }
  | { readonly is: 'empty' }
  | { readonly is: 'fault'; readonly text: string };

/** Reads the cells of one identifier column. */
export type IdentifierReader = (text: string | null) => IdentifierCell;

const mostCharacters = 256;
const empty: IdentifierCell = { is: 'empty' };
const tooLong: IdentifierCell = { is: 'fault', text: `has more than ${mostCharacters} characters` };
const noEmail: IdentifierCell = { is: 'fault', text: 'is no email address' };
const noPhone: IdentifierCell = { is: 'fault', text: 'is no telephone number of the form +14155550123' };

const emailForm = /^[^@]+@[^@]+$/;
const phoneSeparators = /[\s.\-\u2010\u2011()[\]]/g;
const e164 = /^\+[1-9]\d{1,14}$/;

const value = (text: string): IdentifierCell => (hasRoom(text) ? { is: 'value', value: text } : tooLong);
/** Characters, not their halves. */
const hasRoom = (text: string): boolean =>
  text.length <= mostCharacters || (text.length <= 2 * mostCharacters && [...text].length <= mostCharacters);

/** As it stands (exchange.md section 3 rule 7). */
const readVerbatim: IdentifierReader = (text) => (text === null || text === '' ? empty : value(text));

const readEmail: IdentifierReader = (text) => {
  const email = text?.trim().toLowerCase() ?? '';
  if (email === '') return empty;
  return emailForm.test(email) ? value(email) : noEmail;
};

const readPhone: IdentifierReader = (text) => {
  if (text === null || text.trim() === '') return empty;
  const phone = text.replace(phoneSeparators, '');
  return e164.test(phone) ? value(phone) : noPhone;
};

/**
 * The reader for identifiers of a type. Hashed ones are passed on as they are.
 * @param builtIn the destination is the built-in endpoint: ids are read as ingest.md section 1.1 says, into their canonical form
 */
export function identifierReader(type: string, hashed: boolean, builtIn: boolean): IdentifierReader {
  if (hashed) return readVerbatim;
  if (builtIn) return builtInReader(type);
  switch (type) {
    case 'email':
      return readEmail;
    case 'phone':
    case 'sms':
      return readPhone;
    default:
      return readVerbatim;
  }
}

const eidPrefix = 'eid.';
/** External ids have the same form for each member. */
const anyMember = asMemberId(0);

function builtInReader(type: string): IdentifierReader {
  const resolve = builtInResolver(type);
  const fault: IdentifierCell = { is: 'fault', text: `is no id of the type ${type}` };
  return (text) => {
    if (text === null || text === '') return empty;
    const resolved = resolve(text);
    return typeof resolved === 'string' ? fault : value(String(resolved.id));
  };
}

/** By the type of the built-in endpoint's identifier (exchange-sharing.md section 4). */
function builtInResolver(type: string): (text: string) => Resolved {
  if (type === 'user_id') return resolveUserId;
  if (type === 'external_id') return (text) => resolveExternalId(anyMember, text);
  if (type.startsWith(eidPrefix)) {
    const source = type.slice(eidPrefix.length);
    const sources = new Set([source.toLowerCase()]);
    return (text) => resolveEid(source, text, sources);
  }
  const domain = type === 'android_adv_id' ? 'aaid' : type;
  return (text) => resolveDeviceId(domain, text);
}
