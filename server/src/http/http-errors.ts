import { defineRefusals } from '../kit/refusal.ts';

/** Refusals that any route can give. */
export const httpErrors = defineRefusals('http', {
  unreadableBody: { errorId: 'SYNTAX', text: 'The body is not JSON in UTF-8: {fault}' },
  missingBody: { errorId: 'SYNTAX', text: 'The body is empty; it must be a JSON object' },
  notAnObject: { errorId: 'SYNTAX', text: 'The body must be a JSON object, not {found}' },
  wrongContainer: { errorId: 'SYNTAX', text: '{fault}' },
  invalidField: { errorId: 'SYNTAX', text: '{path} {fault}' },
  missingField: { errorId: 'SYNTAX', text: '{path} is required' },
  invalidParameter: { errorId: 'SYNTAX', text: 'The parameter {name} {fault}' },
  missingParameter: { errorId: 'SYNTAX', text: 'The parameter {name} is required' },
  unreadableQuery: { errorId: 'SYNTAX', text: 'The query string cannot be read: {place} is not valid percent-encoding' },
  notFound: { errorId: 'SYNTAX', status: 404, errorCode: 'NOT_FOUND', text: 'There is no {object} with {key} {value}' },
  unknownService: { errorId: 'SYNTAX', status: 404, text: "There is no service at '{path}'; GET / names the pages that list them" },
  unofferedService: {
    errorId: 'SYNTAX',
    status: 404,
    text: "The service '{path}' is part of the protocol, but this version of the server does not offer it",
  },
  unknownMethod: { errorId: 'SYNTAX', status: 405, text: '{method} is not a method of this service; it takes {allowed}' },
  tooManyObjects: { errorId: 'LIMIT', text: "'{plural}' holds {count} objects; a call takes {limit} at most" },
  tooLarge: { errorId: 'LIMIT', status: 413, text: 'The body is larger than the {limit} bytes that this service takes' },
  badRequest: { errorId: 'SYNTAX', text: 'The request cannot be read: {fault}' },
  headersTooLarge: { errorId: 'LIMIT', status: 431, text: 'The request line and headers are larger than this server takes' },
  metricsClosed: { errorId: 'NOAUTH', text: "Metrics are for this machine, an administrator's token, or FOYER_METRICS_TOKEN as Bearer" },
  stopping: { errorId: 'SYSTEM', status: 503, text: 'The server is stopping; try again in a moment' },
  bug: { errorId: 'SYSTEM', text: 'Something went wrong on our side; the log has the details under request id {requestId}' },
});
