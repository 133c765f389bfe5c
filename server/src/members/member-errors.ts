import { defineRefusals } from '../kit/refusal.ts';

export const memberErrors = defineRefusals('members', {
  nameMissing: { errorId: 'SYNTAX', text: 'member.name is required' },
  fieldFixed: { errorId: 'INTEGRITY', text: 'member.{field} cannot be changed' },
  platformStaysActive: { errorId: 'INTEGRITY', text: "The platform's own member cannot be switched off: nobody could switch it on again" },
  advertiserCodeTaken: { errorId: 'INTEGRITY', text: "The advertiser code '{code}' is already used by advertiser {id}" },
  invalidSetting: { errorId: 'SYNTAX', text: 'batch_segment_upload_config.{field} {fault}' },
  unknownOwner: { errorId: 'INTEGRITY', text: 'member_segment_access names member {id}, which does not exist' },
});
