import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';
import { idInPath } from '../calls/path-parts.ts';
import { deploymentId } from './application.ts';

/** @throws Refusal exchange.notFound for another instance than the only one */
export function requireDeployment(call: Parameters<typeof idInPath>[0]): void {
  const id = idInPath(call, 'deploymentId', 'deployment');
  if (id !== deploymentId) throw refusal(exchangeErrors.notFound, { object: 'deployment', id });
}
