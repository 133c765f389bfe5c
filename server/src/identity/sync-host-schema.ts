import { Type } from 'typebox';

const state = Type.Union([Type.Literal('active'), Type.Literal('inactive')]);
const kept = {
  id: Type.Integer({ readOnly: true }),
  member_id: Type.Integer({ readOnly: true }),
  last_modified: Type.String({ readOnly: true }),
};

/** A host to which syncs may lead, on the wire: `/sync-host` (additions.md section 4). */
export const syncHostSchema = Type.Object({ ...kept, host: Type.String({ minLength: 1, maxLength: 255 }), state });

/** What `PUT /sync-host` takes: a host is switched on and off, and stays the host that it is. */
export const syncHostChangeSchema = Type.Object({ ...kept, host: Type.String({ readOnly: true }), state });
