import { choiceField, textField, truthField } from './field-options.ts';

/** What `account create` and `account update` set; the rest goes by --body. */
export const accountFields = {
  email: textField('email', 'the e-mail address', 'ADDRESS'),
  'first-name': textField('first_name', 'the first name', 'NAME'),
  'last-name': textField('last_name', 'the last name', 'NAME'),
  phone: textField('phone', 'the telephone number', 'NUMBER'),
  'read-only': truthField('read_only', 'a viewer, who changes nothing'),
  'api-login': truthField('api_login', 'whether it may log in to the API'),
  state: choiceField('state', 'inactive may not log in', ['active', 'inactive']),
};
