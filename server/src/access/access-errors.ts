import { defineRefusals } from '../kit/refusal.ts';

export const accessErrors = defineRefusals('access', {
  noToken: { errorId: 'NOAUTH', text: 'No token: log in with POST /auth and send the token in the Authorization header' },
  unknownToken: { errorId: 'NOAUTH', text: 'The token is unknown or expired; log in again with POST /auth' },
  wrongCredentials: { errorId: 'NOAUTH', text: 'No match found for user/pass' },
  disabled: { errorId: 'NOAUTH_DISABLED', text: 'The account is not active; ask your administrator' },
  jwtRefused: {
    errorId: 'NOAUTH',
    text: 'The token is refused: it must be signed with RS256 by the active key that kid names, of the account that sub names, with exp ahead or, without exp, iat within 5 minutes',
  },
  passwordExpired: { errorId: 'NOAUTH_EXPIRED', text: 'The password has expired and must be reset by an administrator' },
  noApiLogin: { errorId: 'UNAUTH', text: 'The account may not log in to the API; an administrator can set api_login' },
  tooManyLogins: {
    errorId: 'SYSTEM',
    status: 429,
    errorCode: 'RATE_EXCEEDED',
    text: 'The account has logged in {limit} times in 5 minutes; a token is good for 2 hours after its last use, so keep it',
  },
  tooManyFailures: {
    errorId: 'SYSTEM',
    status: 429,
    errorCode: 'RATE_EXCEEDED',
    text: 'Too many failed logins for this name from this address; try again later',
  },
  loginQueueFull: { errorId: 'SYSTEM', status: 503, text: 'Too many logins at once; try again in a moment' },
  rateExceeded: {
    errorId: 'SYSTEM',
    status: 429,
    errorCode: 'RATE_EXCEEDED',
    errorDescription: 'rate limit has been exceeded',
    text: 'You have exceeded your request limit of {limit} {kind} per 60 seconds for this member, please wait and try again or contact the operator for higher limits',
  },
  fromElsewhere: {
    errorId: 'UNAUTH',
    text: 'A page of another site sent this request with the login cookie; send the token in the Authorization header instead',
  },
  viewer: { errorId: 'UNAUTH', text: 'The account may only read' },
  adminOnly: { errorId: 'UNAUTH', text: 'Only an administrator of the platform may do this' },
  otherMember: { errorId: 'UNAUTH', text: 'The account may act for its own member only; {parameter} names another one' },
  memberNeeded: { errorId: 'SYNTAX', text: 'An administrator must say for which member: the parameter {parameter} is missing' },
  weakPassword: {
    errorId: 'SYNTAX',
    text: 'user.password must have 10 to 64 characters, with at least one capital letter, one small letter, one digit and one other character',
  },
  usernameTaken: { errorId: 'INTEGRITY', text: "The user name '{username}' is taken" },
  usernameFixed: { errorId: 'INTEGRITY', text: 'A user name cannot be changed' },
  noSuchEntity: { errorId: 'INTEGRITY', text: 'user.entity_id names no member: {id}' },
  adminElsewhere: { errorId: 'INTEGRITY', text: 'Accounts of the type admin belong to the platform member; member {id} is not it' },
  fieldNotYours: { errorId: 'UNAUTH', text: 'Only an administrator may set {path}' },
  keysNotYours: { errorId: 'UNAUTH', text: 'An account may see and change its own keys only' },
  keyUnfit: {
    errorId: 'SYNTAX',
    text: 'public-key.encoded_value must be an RSA public key of at least 2048 bits, as PEM that begins with -----BEGIN PUBLIC KEY-----',
  },
  keyNameTaken: { errorId: 'INTEGRITY', text: "The account already has a key with the name '{name}'" },
  accountNotYours: { errorId: 'UNAUTH', text: 'An account may change itself only' },
});
