import { choiceField, integerField, textField, truthField } from './field-options.ts';

/** What `segment create` and `segment update` set; the rest goes by --body. */
export const segmentFields = {
  name: textField('short_name', 'the name, by custom "Parent > Child (Provider)"'),
  code: textField('code', 'your own code for it, unique in the member'),
  description: textField('description', 'what is in it'),
  state: choiceField('state', 'inactive takes no users and is shown to nobody else', ['active', 'inactive']),
  'expire-minutes': integerField('expire_minutes', 'how long a new membership lives; 0: the ad call only'),
  parent: integerField('parent_segment_id', 'its parent segment', 'ID'),
  advertiser: integerField('advertiser_id', 'its advertiser', 'ID'),
  taxonomy: textField('taxonomy_id', 'its id in the IAB Audience Taxonomy', 'ID'),
  'client-side': truthField('client_side', 'whether pixels may write it'),
};
