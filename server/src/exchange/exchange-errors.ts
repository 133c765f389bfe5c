import { defineRefusals } from '../kit/refusal.ts';

/** Refusals of the exchange (exchange.md section 2.1, exchange-sharing.md section 1). The code stands in `code` of the answer. */
export const exchangeErrors = defineRefusals('exchange', {
  invalid: { errorId: 'SYNTAX', errorCode: 'INVALID_REQUEST', text: '{fault}' },
  invalidMapping: { errorId: 'SYNTAX', errorCode: 'INVALID_MAPPING', text: '{fault}' },
  invalidCsv: { errorId: 'SYNTAX', errorCode: 'INVALID_CSV', text: '{fault}' },
  addressRefused: { errorId: 'SYNTAX', errorCode: 'ADDRESS_REFUSED', text: '{fault}' },
  noKey: { errorId: 'NOAUTH', errorCode: 'AUTH_MISSING', text: 'A key or a token is needed: Authorization: Bearer KEY' },
  unknownKey: {
    errorId: 'NOAUTH',
    errorCode: 'AUTH_INVALID',
    text: 'This key or token is not known; it may have been rotated, or its session has ended',
  },
  scope: { errorId: 'UNAUTH', errorCode: 'AUTH_SCOPE', text: '{fault}' },
  endpointPending: {
    errorId: 'UNAUTH',
    errorCode: 'ENDPOINT_PENDING',
    text: 'Endpoint {endpoint} is Pending: complete its registration first, PUT /v1/endpoint with this key',
  },
  endpointDisabled: {
    errorId: 'UNAUTH',
    errorCode: 'ENDPOINT_DISABLED',
    text: 'Endpoint {endpoint} is disabled; its member can enable it again',
  },
  notFound: { errorId: 'SYNTAX', status: 404, errorCode: 'NOT_FOUND', text: 'There is no {object} {id}' },
  badState: { errorId: 'INTEGRITY', errorCode: 'BAD_STATE', text: '{fault}' },
  duplicate: { errorId: 'INTEGRITY', errorCode: 'DUPLICATE', text: '{fault}' },
  tooLarge: { errorId: 'LIMIT', status: 413, errorCode: 'TOO_LARGE', text: '{fault}' },
  unsupportedMedia: { errorId: 'SYNTAX', status: 415, errorCode: 'UNSUPPORTED_MEDIA', text: '{fault}' },
  peerUnavailable: { errorId: 'SYSTEM', status: 503, errorCode: 'UNAVAILABLE', text: '{fault}' },
  rateLimited: { errorId: 'LIMIT', status: 429, errorCode: 'RATE_LIMITED', text: '{fault}' },
});
