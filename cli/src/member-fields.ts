import { choiceField, integerField, textField } from './field-options.ts';

/** What `member create` and `member update` set; the rest goes by --body. */
export const memberFields = {
  name: textField('name', 'the name'),
  code: textField('code', 'a code of your own'),
  state: choiceField('state', 'inactive: its accounts may not log in, its segments take nothing', ['active', 'inactive']),
  exposure: choiceField('platform_exposure', 'what others see of it', ['public', 'private', 'hidden']),
  timezone: textField('timezone', 'such as EST5EDT', 'ZONE'),
  currency: textField('default_currency', 'three letters such as USD', 'CODE'),
  'contact-email': textField('contact_email', 'whom to write to', 'ADDRESS'),
  'reads-per-minute': integerField('reads_per_minute', 'limit of reading calls'),
  'writes-per-minute': integerField('writes_per_minute', 'limit of writing calls'),
};

export const memberTypes = ['network', 'buyer', 'seller', 'data_provider', 'bidder'] as const;
