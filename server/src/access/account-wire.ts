import { formatTimestamp } from '../kit/timestamp.ts';
import type { AccountRow } from './store/account-store.ts';

/** An account as `/user` shows it; never its password. */
export const accountOnWire = (row: AccountRow) => ({
  id: row.id,
  username: row.username,
  first_name: row.first_name,
  last_name: row.last_name,
  email: row.email,
  phone: row.phone,
  user_type: row.user_type,
  read_only: row.read_only === 1,
  api_login: row.api_login === 1,
  entity_id: row.member_id,
  entity_name: row.entity_name,
  state: row.state,
  timezone: row.timezone,
  password_expires_on: row.password_expires_on === null ? null : formatTimestamp(row.password_expires_on),
  last_modified: formatTimestamp(row.last_modified),
});
