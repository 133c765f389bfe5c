import { BitText } from './bit-text.ts';

/** Where the fields stand that are read, in bits: TC String, core segment, version 2. */
const field = { version: 0, purposeConsents: 152, purposeConsentsEnd: 176, maxVendorId: 213, isRange: 229, vendors: 230 } as const;
const entryCountBits = 12;
const vendorBits = 16;

/**
 * The core segment of a TCF string, as far as consent needs it: version, purposes, vendors (ingest.md section 1.4). A string cut short reads
 * as zeros, so it never grants what the whole string does not; nothing here throws. Other segments, behind a dot, are not read.
 */
export class TcfString {
  readonly #bits: BitText;

  /** Begins at the character `start` and ends at the first one that is not of the base64url alphabet. */
  constructor(text: string, start = 0) {
    this.#bits = new BitText(text, start);
  }

  /** 0 for an empty string. The positions of all other fields are those of version 2. */
  get version(): number {
    return this.#bits.read(field.version, 6);
  }

  /** False where the string ends before all bits of its purpose consents. */
  get holdsPurposes(): boolean {
    return this.#bits.length >= field.purposeConsentsEnd;
  }

  /** Consent itself: legitimate interest does not count. Purposes are 1 to 24. */
  consentsToPurpose(purpose: number): boolean {
    return this.#bits.read(field.purposeConsents + purpose - 1, 1) === 1;
  }

  /** Consent to a vendor of the global vendor list, 1 to 65535. */
  consentsToVendor(vendor: number): boolean {
    if (this.#bits.read(field.isRange, 1) === 1) return this.#rangesHold(vendor);
    return vendor <= this.#bits.read(field.maxVendorId, vendorBits) && this.#bits.read(field.vendors + vendor - 1, 1) === 1;
  }

  /** An entry that is not all there grants nothing: the first bits of a number name another vendor. */
  #rangesHold(vendor: number): boolean {
    const entries = this.#bits.read(field.vendors, entryCountBits);
    let at = field.vendors + entryCountBits;
    for (let entry = 0; entry < entries; entry++) {
      const isGroup = this.#bits.read(at, 1) === 1;
      const next = at + 1 + (isGroup ? 2 : 1) * vendorBits;
      if (next > this.#bits.length) return false;
      const first = this.#bits.read(at + 1, vendorBits);
      const last = isGroup ? this.#bits.read(at + 1 + vendorBits, vendorBits) : first;
      if (first <= vendor && vendor <= last) return true;
      at = next;
    }
    return false;
  }
}
