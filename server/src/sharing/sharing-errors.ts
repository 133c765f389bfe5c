import { defineRefusals } from '../kit/refusal.ts';

export const sharingErrors = defineRefusals('sharing', {
  recordExists: { errorId: 'INTEGRITY', text: 'Member {data} already has a sharing record for buyer {buyer}; change it with PUT' },
  notEnabled: {
    errorId: 'INTEGRITY',
    text: 'Buyer {buyer} has not enabled data provider {data}; the buyer does so with POST /data-buyer-provider',
  },
  noSuchBuyer: { errorId: 'INTEGRITY', text: 'There is no buyer {buyer}' },
  ownBuyer: { errorId: 'INTEGRITY', text: 'A member cannot share with itself' },
  externalDsp: {
    errorId: 'INTEGRITY',
    text: 'Buyer {buyer} works through an externally integrated DSP, to which segments cannot be shared',
  },
  noSuchSegment: { errorId: 'INTEGRITY', text: 'Segment {segment} is no segment of member {data}' },
  advertiserLevel: {
    errorId: 'INTEGRITY',
    text: 'Segment {segment} belongs to an advertiser and cannot be shared; move it to member level first',
  },
  segmentsWithAll: {
    errorId: 'INTEGRITY',
    text: "The record shares all segments; send segment_exposure 'list' with the segments to narrow it",
  },
  listWithAll: { errorId: 'SYNTAX', text: "{path}.segments must be null or empty with segment_exposure 'all'" },
  listMissing: { errorId: 'SYNTAX', text: "{path}.segments is required with segment_exposure 'list'; it may be empty" },
  onlyOne: { errorId: 'SYNTAX', text: 'Cannot update multiple sharing records in one call' },
  idDiffers: { errorId: 'SYNTAX', text: '{path}.id is not {id}, the record that is addressed' },
  memberDiffers: { errorId: 'INTEGRITY', text: '{path}.{field} cannot be changed; it is {value}' },
});
