import { refusal } from '../../kit/refusal.ts';
import { httpErrors } from '../http-errors.ts';
import { type AccountOperation, type Method, reading } from '../operation.ts';

/**
 * Services of the protocol that this version does not offer. A client that calls one is told so, instead of being left to
 * think that it has the wrong address; who it is is checked first, as everywhere. A service that gets built leaves this list.
 */
const unoffered = ['/campaign', '/data-provider', '/profile', '/report', '/report-download', '/segment-billing-category'] as const;

const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE'];

/** Answers 401 without a live token, else 404 that names the service. */
export const refuseUnofferedServices = (): readonly AccountOperation[] =>
  methods.map((method) => ({
    id: `refuseUnofferedService${method}`,
    method,
    paths: unoffered,
    summary: 'A service of the protocol that this version does not offer',
    access: reading,
    unlisted: true,
    handle(call) {
      throw refusal(httpErrors.unofferedService, { path: call.facts.path });
    },
  }));
