/**
 * Whether GDPR applies. `1` says so, `0` and an empty value do not; what is neither (a macro that nobody filled in) counts as 1, because
 * nobody said that consent is not needed.
 */
export const gdprApplies = (gdpr: string | undefined): boolean => gdpr !== undefined && gdpr !== '' && gdpr !== '0';
