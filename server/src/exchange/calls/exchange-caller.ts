import type { Role } from '../../http/caller.ts';
import { refusal } from '../../kit/refusal.ts';
import type { MemberId } from '../../kit/ids.ts';
import { exchangeErrors } from '../exchange-errors.ts';

/** Who calls the exchange: a person with a login token, or software with one of the three kinds of keys (exchange.md section 2.2). */
export type ExchangeCaller =
  | {
      readonly kind: 'account';
      /** The member that it acts for. */
      readonly memberId: MemberId;
      readonly role: Role;
      /** Null for the operator on this machine. */
      readonly accountId: number | null;
      readonly username: string | null;
      /** The member of the account itself: the platform's, where its admin acts for another. */
      readonly accountMemberId: MemberId;
    }
  | { readonly kind: 'account-key'; readonly memberId: MemberId }
  | { readonly kind: 'application-key'; readonly memberId: MemberId; readonly applicationId: number }
  | {
      readonly kind: 'endpoint-key';
      readonly memberId: MemberId;
      readonly endpointId: number;
      /** PENDING, ACTIVE, DISABLED. */
      readonly status: string;
    };

/**
 * What an operation asks of its caller (exchange-sharing.md section 1).
 * - people: what the console and its like do: a token or the account-level key. endpoints: exchange.md's own routes: endpoint keys too.
 * - registration: as `endpoints`, and Pending endpoints. application: application-level keys too, endpoints' never.
 * - writes: not for viewers.
 */
export interface ExchangeAccess {
  readonly who: 'people' | 'endpoints' | 'registration' | 'application';
  readonly writes: boolean;
}

/** @throws Refusal exchange.scope, exchange.endpointPending, exchange.endpointDisabled */
export function requireAccess(caller: ExchangeCaller, { who, writes }: ExchangeAccess): void {
  if (caller.kind === 'account') {
    if (writes && caller.role === 'viewer')
      throw refusal(exchangeErrors.scope, { fault: 'A viewer may only look; ask an account that may write' });
    return;
  }
  if (caller.kind === 'account-key') return;
  if (caller.kind === 'application-key') {
    if (who !== 'application') throw refusal(exchangeErrors.scope, { fault: 'An application-level key only defines its application' });
    return;
  }
  if (who === 'people' || who === 'application')
    throw refusal(exchangeErrors.scope, { fault: "An endpoint's key cannot do this; it needs a login token or the account-level key" });
  if (caller.status === 'DISABLED') throw refusal(exchangeErrors.endpointDisabled, { endpoint: caller.endpointId });
  if (caller.status === 'PENDING' && who !== 'registration') throw refusal(exchangeErrors.endpointPending, { endpoint: caller.endpointId });
}

/** How the audit trail and `createdBy` name a caller. */
export function callerName(caller: ExchangeCaller): string | null {
  if (caller.kind === 'account') return caller.username;
  if (caller.kind === 'account-key') return 'account-level key';
  return caller.kind === 'endpoint-key' ? `key of endpoint ${caller.endpointId}` : `key of application ${caller.applicationId}`;
}

/** An endpoint's key reaches its own endpoint alone. @throws Refusal exchange.scope */
export function requireReach(caller: ExchangeCaller, endpoint: number): void {
  if (caller.kind === 'endpoint-key' && caller.endpointId !== endpoint)
    throw refusal(exchangeErrors.scope, { fault: `This key does not belong to endpoint ${endpoint}` });
}
