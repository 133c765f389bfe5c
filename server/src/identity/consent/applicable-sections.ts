/**
 * Whether `gpp_sid` names a section, by its number. Numbers stand by comma; whatever else but letters, digits, `%` and `-` stands between
 * them parts them too (`2_6`, `[2,6]`). What is no number names no section.
 */
export function namesSection(gppSid: string, section: number): boolean {
  return gppSid.split(/[^\dA-Za-z%-]+/).some((word) => /^\d+$/.test(word) && Number(word) === section);
}
