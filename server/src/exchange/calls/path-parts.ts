import { shortened } from '../../http/parameters.ts';
import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import type { ExchangeCall } from './exchange-operation.ts';

type Path = Pick<ExchangeCall<unknown>, 'path'>;

/** The id at a place of the path. What is no id names nothing. @throws Refusal exchange.notFound */
export function idInPath({ path }: Path, name: string, object: string): number {
  const text = path[name] ?? '';
  const id = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(id)) throw refusal(exchangeErrors.notFound, { object, id: shortened(text) });
  return id;
}

export const endpointInPath = (call: Path): number => idInPath(call, 'endpointId', 'endpoint');

/** The opaque id of a segment. */
export const segmentInPath = ({ path }: Path): string => path['segmentId'] ?? '';
