import type { ParameterDoc } from '../../http/operation.ts';
import { refusal } from '../../kit/refusal.ts';
import type { EndpointTable } from '../../storage/sql/exchange-schema.ts';
import type { ExchangeCall } from '../calls/exchange-operation.ts';
import { requireReach } from '../calls/exchange-caller.ts';
import { invalidFields } from '../calls/read-exchange-body.ts';
import { exchangeErrors } from '../exchange-errors.ts';

export const endpointParameter: ParameterDoc = {
  name: 'endpointId',
  description: "Which endpoint; needed with the account-level key and with tokens, while an endpoint's own key says it",
};

/** Which endpoint registers? @throws Refusal exchange.invalid where nothing says it, exchange.scope */
export function registeringEndpoint({ caller, parameters }: Pick<ExchangeCall<unknown>, 'caller' | 'parameters'>): number {
  const named = parameters.id('endpointId');
  if (named !== undefined) requireReach(caller, named);
  if (caller.kind === 'endpoint-key') return caller.endpointId;
  if (named === undefined)
    throw invalidFields([{ field: 'endpointId', message: "is required: only an endpoint's own key says which endpoint is meant" }]);
  return named;
}

/** @throws Refusal exchange.badState */
export function requireNotBuiltIn({ id, kind }: Pick<EndpointTable, 'id' | 'kind'>): void {
  if (kind === 'internal') throw refusal(exchangeErrors.badState, { fault: `Endpoint ${id} is the built-in one, which stays as it is` });
}
