import { Type } from 'typebox';
import { expect, it } from 'vitest';
import { docsPage, typeOf } from './docs-page.ts';
import { type Operation, writing } from './operation.ts';

const operation = (more: Partial<Operation> = {}): Operation =>
  ({
    id: 'createThing',
    method: 'POST',
    paths: ['/thing', '/thing/:first'],
    summary: 'Make a thing',
    access: writing,
    handle: () => ({ fields: {}, outputTerm: null }),
    ...more,
  }) as Operation;

it('shows every listed operation with its addresses, parameters and fields, and no other', () => {
  const body = Type.Object({ id: Type.Integer({ readOnly: true }), code: Type.String({ maxLength: 50 }) }, { required: ['code'] });
  const page = docsPage([
    operation({ body, answer: body, parameters: [{ name: 'append', description: 'only adds' }] }),
    operation({ id: 'hidden', paths: ['/secret'], unlisted: true }),
  ]);
  for (const text of ['/thing/:first', 'Make a thing', 'createThing', 'append', 'only adds', 'accounts, not viewers'])
    expect(page).toContain(text);
  expect(page).toMatch(
    /What can be sent<\/summary><table><tr><th>field<\/th><th><\/th><\/tr><tr><td><code>code<\/code><\/td><td>text, up to 50 characters, required/,
  );
  expect(page).toMatch(/What is answered.*<code>id<\/code>/);
  expect(page).not.toContain('/secret');
});

it('loads nothing from anywhere, and shows markup as text', () => {
  const page = docsPage([operation({ summary: '<script>alert("x")</script>' })]);
  expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
  expect([...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, target]) => target)).toEqual(['#service-thing', '/openapi.json']);
});

it.each([
  [Type.Union([Type.Literal('all'), Type.Literal('list')]), '"all", "list"'],
  [Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]), 'whole number, 1 or more or null'],
  [Type.Array(Type.Object({ id: Type.Integer() })), 'list of (object {id})'],
  [Type.Integer({ minimum: 0, maximum: 9 }), 'whole number, 0 to 9'],
  [Type.Boolean(), 'boolean'],
])('says %j in words: %s', (schema, words) => expect(typeOf(schema)).toBe(words));
