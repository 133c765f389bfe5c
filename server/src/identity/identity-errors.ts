import { defineRefusals } from '../kit/refusal.ts';

export const identityErrors = defineRefusals('identity', {
  hostUnfit: {
    errorId: 'SYNTAX',
    text: 'sync_host.host must be a DNS name in lower case such as sync.example.com, or *.example.com; no address, localhost, scheme, port or path',
  },
  hostTaken: { errorId: 'INTEGRITY', text: "Member {member} already has the sync host '{host}'" },
});
