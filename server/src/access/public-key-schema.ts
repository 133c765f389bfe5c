import { Type } from 'typebox';

const name = Type.String({ minLength: 1, maxLength: 255 });
/** PEM of an RSA key of 16,384 bits, the largest that can be used, has some 2,900 characters. */
const encodedValue = Type.String({ minLength: 1, maxLength: 4096 });

/** The registered key on the wire: `/public-key` (Token-Based API Authentication; platform.md section 2). */
export const publicKeySchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  name,
  user_id: Type.Integer({ minimum: 1 }),
  active: Type.Boolean(),
  encoded_value: encodedValue,
  last_modified: Type.String({ readOnly: true }),
});

/** What `PUT /public-key` takes: a key is switched on and off, and stays what it is. */
export const publicKeyChangeSchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  name: Type.String({ readOnly: true }),
  user_id: Type.Integer({ readOnly: true }),
  active: Type.Boolean(),
  encoded_value: Type.String({ readOnly: true }),
  last_modified: Type.String({ readOnly: true }),
});
