import type { Identifier } from '../profiles/identifier.ts';

/** How a user is named (ingest.md section 5). */
export interface NameOnWire {
  /** Text, because user ids go beyond 2^53; null for an external id, which names nobody by itself. */
  readonly user_id: string | null;
  /** null: a user id. */
  readonly domain: string | null;
}

/** The name of the user whose first identifier this is (`Profile.first`). */
export function nameOnWire(first: Identifier): NameOnWire {
  switch (first.kind) {
    case 'user':
      return { user_id: String(first.id), domain: null };
    case 'device':
      return { user_id: first.id, domain: first.domain };
    case 'external':
      return { user_id: null, domain: 'external' };
    case 'eid':
    case 'ifa':
      return { user_id: first.id, domain: first.kind };
  }
}

/** An identifier in the form in which `POST /identity-link` takes it. */
export function identifierOnWire(identifier: Identifier): Readonly<Record<string, string | number | null>> {
  switch (identifier.kind) {
    case 'user':
      return { domain: null, id: String(identifier.id) };
    case 'device':
      return { domain: identifier.domain, id: identifier.id };
    case 'external':
      return { domain: 'external', id: identifier.id, member_id: identifier.member };
    case 'eid':
      return { domain: 'eid', source: identifier.source, id: identifier.id };
    case 'ifa':
      return { domain: 'ifa', type: identifier.type, id: identifier.id };
  }
}
