import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, madeBy, type PlanSketch, planOf, unsealFile } from '../../../test/exchange-csv.ts';
import { temporaryFolder } from '../../../test/running-server.ts';
import { RejectWriter } from './reject-writer.ts';
import { transform } from './transform.ts';
import { tooManyRejects, type TransformPlan, type TransformResult } from './transform-plan.ts';

let folder = { path: '', remove: () => {} };
beforeEach(() => {
  folder = temporaryFolder('transform');
});
afterEach(() => folder.remove());

type Made = TransformResult & { readonly delivered: string[]; readonly rejects: string[] };

async function run(texts: string | readonly string[], sketch: PlanSketch, more: Partial<TransformPlan> = {}): Promise<Made> {
  const plan = await planOf(folder.path, typeof texts === 'string' ? [texts] : texts, sketch, more);
  const result = await transform(plan);
  expect(result.rowsReceived - result.rowsRejected + result.rowsAdded).toBe(result.rowsSent + result.rowsMerged);
  return { ...result, ...(await madeBy(result)) };
}
/** What one cell becomes: the delivered one, or the code of the reject. */
async function delivered(made: Promise<Made>): Promise<string | undefined> {
  const { delivered, rejects } = await made;
  return rejects[0]?.split(',')[1] ?? delivered[0]?.split('\r\n')[1];
}
const quotedCell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const emails: PlanSketch = {
  identifiers: ['homeemail:email', 'workemail:email'],
  onto: 'email:email',
  attributes: ['tier:string>level:string'],
  others: ['joined:date'],
};

describe('delivered files', () => {
  it('are those of the worked example', async () => {
    const text =
      'homeemail,workemail,tier,joined\r\nAna.Reyes@example.com,,"Gold, ""VIP""",2021-03-09\r\nraj.patel@example.com,raj@work.example,Gold,\r\n,,Gold,2020-01-31\r\n';
    const made = await run(text, emails, { destinationHashAlgorithm: 'EMAIL_SHA256' });
    expect(made.delivered).toEqual([
      'email,level\r\n' +
        '9e86f388756b1353c6807003dcd2f749be519bbd6ab6d8a935d6b298d2758481,"Gold, ""VIP"""\r\n' +
        'a8e45af9f16f6fdc7b6f75bd9fd2e1c9348fff91e6d3778c8d707af0dbd84ec7,Gold\r\n' +
        '25aa41c3e24f2966554a104aeef332dffe1a73186a0d7b1bc784cb2eceac8c6c,Gold\r\n',
    ]);
    expect(made.rejects).toEqual(['4,MISSING_IDENTIFIER,No mapped identifier has a value,",,Gold,2020-01-31"']);
    expect(made).toMatchObject({ rowsReceived: 3, rowsRejected: 1, rowsAdded: 1, rowsMerged: 0, rowsSent: 3 });
    const digest = createHash('sha256')
      .update(made.delivered[0] ?? '')
      .digest('hex');
    expect(made.files).toEqual([
      { path: join(folder.path, 'out', '77_1.csv'), name: '77_1.csv', rows: 3, bytes: made.delivered[0]?.length, digest },
    ]);
    expect(filesBelow(folder.path)).toEqual(['in-0', 'out', 'out/77_1.csv', 'rejects']);
  });
  it('hold what the cells hold, in the order of the mapping, quoted where it must be', async () => {
    const text =
      '\u{FEFF}NOTE,ExtID,city\n"a, b",k1,"say ""hi"""\n"two\nlines",k2, edge \n,k3,""\nNULL,k4,N/A\n=1+1,k5,-x\nZoë,k6,漢字\nback\\slash,K1,"plain"\n';
    const sketch = {
      identifiers: ['extid:external_id'],
      onto: 'ext:external_id',
      attributes: ['city:string>b:string', 'note:string>a:string'],
    };
    expect((await run(text, sketch)).delivered).toEqual([
      'ext,b,a\r\nk1,"say ""hi""","a, b"\r\nk2," edge ","two\nlines"\r\nk3,"",\r\nk4,N/A,NULL\r\nk5,-x,=1+1\r\nk6,漢字,Zoë\r\nK1,plain,back\\slash\r\n',
    ]);
  });
  it('hold the identifier alone on REMOVE, whatever the attributes are', async () => {
    const sketch = { identifiers: ['email:email'], onto: 'email:email', attributes: ['n:number>n:number!'] };
    expect((await run('email,n\na@x.example,no\nb@x.example,\n', sketch, { shareAction: 'REMOVE' })).delivered).toEqual([
      'email\r\na@x.example\r\nb@x.example\r\n',
    ]);
  });
  it('are one with a header where there is no row', async () => {
    const made = await run('homeemail,workemail,tier\n', emails);
    expect([made.delivered, made.rowsSent, made.rejectsPath]).toEqual([['email,level\r\n'], 0, null]);
  });
  it('are split at rows for ADD and REMOVE, and one file for REPLACE', async () => {
    const rows = ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example'];
    const sketch = { identifiers: ['e:email'], onto: 'email:email' };
    const text = ['e', ...rows, ''].join('\n');
    // A header of 7 bytes and two rows of 13.
    const split = await run(text, sketch, { mostFileBytes: 33 });
    expect(split.files.map(({ name, rows, bytes }) => [name, rows, bytes])).toEqual([
      ['77_1.csv', 2, 33],
      ['77_2.csv', 2, 33],
    ]);
    expect(split.delivered).toEqual(['email\r\na@x.example\r\nb@x.example\r\n', 'email\r\nc@x.example\r\nd@x.example\r\n']);
    expect((await run(text, sketch, { mostFileBytes: 1 })).files).toHaveLength(4);
    expect((await run(text, sketch, { mostFileBytes: 1, shareAction: 'REPLACE' })).delivered).toEqual([
      `email\r\n${rows.join('\r\n')}\r\n`,
    ]);
  });
});

describe('of several identifiers', () => {
  it('each different one makes a row, one that is valid suffices, and of duplicates the last row wins', async () => {
    const text =
      'homeemail,workemail,tier\none@example.com,ONE@example.com,first\ntwo@example.com,three@example.com,second\nfour@example.com,not-an-email,third\nThree@example.com,,fourth\n';
    const made = await run(text, emails);
    expect(made.delivered).toEqual([
      'email,level\r\none@example.com,first\r\ntwo@example.com,second\r\nfour@example.com,third\r\nthree@example.com,fourth\r\n',
    ]);
    expect(made).toMatchObject({ rowsReceived: 4, rowsRejected: 0, rowsAdded: 1, rowsMerged: 1, rowsSent: 4 });
  });
  it('all invalid or empty ones reject the row by the invalid one', async () => {
    const made = await run('workemail,homeemail\n,nobody\nno@b@dy,\n" ",""\n', emails);
    expect(made.rejects).toEqual([
      '2,INVALID_IDENTIFIER,\'homeemail\' is no email address,",nobody"',
      '3,INVALID_IDENTIFIER,\'workemail\' is no email address,"no@b@dy,"',
      '4,MISSING_IDENTIFIER,No mapped identifier has a value,""" "","""""',
    ]);
  });
  it('the last row wins over files too, whatever the order of their columns', async () => {
    const made = await run(
      ['homeemail,workemail,tier\na@x.example,,1\nb@x.example,,2\n', 'tier,homeemail,workemail\n3,A@x.example,\n'],
      emails,
    );
    expect(made.delivered).toEqual(['email,level\r\nb@x.example,2\r\na@x.example,3\r\n']);
    expect(made.rowsMerged).toBe(1);
  });
});

describe('identifiers by type', () => {
  const one = (type: string, text: string, more: Partial<TransformPlan> = {}) =>
    delivered(run(`id\n${quotedCell(text)}\n`, { identifiers: [`id:${type}`], onto: `to:${type}` }, more));
  it.each([
    ['email', ' Ana.Reyes@Example.COM\t', 'ana.reyes@example.com'],
    ['email', 'ÄNNE@example.com', 'änne@example.com'],
    ['email', 'a@', 'INVALID_IDENTIFIER'],
    ['email', '@a', 'INVALID_IDENTIFIER'],
    ['email', 'a@b@c', 'INVALID_IDENTIFIER'],
    ['email', 'a,b@c', '"a,b@c"'],
    ['email', `${'a'.repeat(254)}@b`, `${'a'.repeat(254)}@b`],
    ['email', `${'a'.repeat(255)}@b`, 'INVALID_IDENTIFIER'],
    ['email', ' ', 'MISSING_IDENTIFIER'],
    ['phone', '+1 (415) 555-0123', '+14155550123'],
    ['sms', '+44.20.7946.0018', '+442079460018'],
    ['phone', '+49\u00A030\u2011901820', '+4930901820'],
    ['phone', '0049 30 901820', 'INVALID_IDENTIFIER'],
    ['phone', '555-0199', 'INVALID_IDENTIFIER'],
    ['phone', '+0123456', 'INVALID_IDENTIFIER'],
    ['phone', '+1234567890123456', 'INVALID_IDENTIFIER'],
    ['phone', ' ', 'MISSING_IDENTIFIER'],
    ['phone', '()', 'INVALID_IDENTIFIER'],
    ['CRM_SFDC_ID', ' MiXed ', '" MiXed "'],
    ['user_id', 'anything', 'anything'],
    ['external_id', '😀'.repeat(256), '😀'.repeat(256)],
    ['external_id', '😀'.repeat(257), 'INVALID_IDENTIFIER'],
    ['external_id', '', 'MISSING_IDENTIFIER'],
  ])('%s %j', async (type, text, expected) => expect(await one(type, text)).toBe(expected));

  it.each([
    ['user_id', '18446744073709551615', '18446744073709551615'],
    ['user_id', '18446744073709551616', 'INVALID_IDENTIFIER'],
    ['user_id', 'bad-0', 'INVALID_IDENTIFIER'],
    ['external_id', 'CRM 1', 'CRM 1'],
    ['external_id', 'a;b', 'INVALID_IDENTIFIER'],
    ['idfa', '1BA98A6CD1A549EFAD1C2D9230EBCD13', '1ba98a6c-d1a5-49ef-ad1c-2d9230ebcd13'],
    ['idfa', '00000000-0000-0000-0000-000000000000', 'INVALID_IDENTIFIER'],
    ['android_adv_id', '1ba98a6c-d1a5-49ef-ad1c-2d9230ebcd13', '1ba98a6c-d1a5-49ef-ad1c-2d9230ebcd13'],
    ['openudid', 'AB'.repeat(20), 'ab'.repeat(20)],
    ['eid.liveramp.com', 'Xy-1', 'Xy-1'],
    ['eid.liveramp.com', 'x'.repeat(257), 'INVALID_IDENTIFIER'],
  ])('of the built-in endpoint: %s %j', async (type, text, expected) =>
    expect(await one(type, text, { builtIn: { nowMs: 0 } })).toBe(expected),
  );
  it('of the built-in endpoint in two spellings are one', async () => {
    const text = 'id\n1BA98A6CD1A549EFAD1C2D9230EBCD13\n1ba98a6c-d1a5-49ef-ad1c-2d9230ebcd13\n';
    expect((await run(text, { identifiers: ['id:idfa'], onto: 'idfa:idfa' }, { builtIn: { nowMs: 0 } })).rowsMerged).toBe(1);
  });
});

describe('hashes', () => {
  const one = (type: string, text: string, more: Partial<TransformPlan>) =>
    delivered(run(`id\n${text}\n`, { identifiers: [`id:${type}`], onto: `to:${type}` }, more));
  it.each<[TransformPlan['destinationHashAlgorithm'], string, string, string]>([
    ['MD5', 'email', ' Ana.Reyes@Example.COM ', '3731f67f02f9c3daec9a33047d59e268'],
    ['SHA1', 'email', 'A@b', createHash('sha1').update('a@b').digest('hex')],
    ['SHA256', 'CRM_SFDC_ID', 'Zoë', createHash('sha256').update('Zoë').digest('hex')],
    ['PHONE_SHA256', 'sms', '+1 415 5550123', createHash('sha256').update('+14155550123').digest('hex')],
    ['PHONE_SHA256', 'email', 'A@b', 'a@b'],
    ['EMAIL_SHA256', 'phone', '+14155550123', '+14155550123'],
    ['NONE', 'email', 'A@b', 'a@b'],
  ])('%s of %s', async (destinationHashAlgorithm, type, text, expected) =>
    expect(await one(type, text, { destinationHashAlgorithm })).toBe(expected),
  );
  it('of the source are passed on as they are', async () => {
    const hashed = { sourceHashAlgorithm: 'EMAIL_SHA256', destinationHashAlgorithm: 'EMAIL_SHA256' } as const;
    expect(await one('email', '8E43Ca37', hashed)).toBe('8E43Ca37');
    expect(await one('phone', '+1 4155550123', hashed)).toBe('+14155550123');
  });
});

describe('attributes', () => {
  const one = (types: string, cell: string, more: Partial<TransformPlan> = {}) => {
    const [from = '', to = ''] = types.split('>');
    return delivered(
      run(
        `id,v\nk,${cell}\n`,
        { identifiers: ['id:x'], onto: 'id:x', attributes: [`v:${from}>${to.includes(':') ? to : `v:${to}`}`] },
        more,
      ),
    );
  };
  it.each([
    ['number>number', '-12.50', 'k,-12.50'],
    ['number>number', '1e3', 'INVALID_VALUE'],
    ['number>number', '+1', 'INVALID_VALUE'],
    ['number>number', '1.', 'INVALID_VALUE'],
    ['number>number', '""', 'INVALID_VALUE'],
    ['number>number', '', 'k,'],
    ['number>string', '12.50', 'k,12.50'],
    ['number>string', 'x', 'INVALID_VALUE'],
    ['boolean>boolean', 'false', 'k,false'],
    ['boolean>boolean', 'TRUE', 'INVALID_VALUE'],
    ['date>date', '2024-02-29', 'k,2024-02-29'],
    ['date>date', '2023-02-29', 'INVALID_VALUE'],
    ['date>date', '1900-02-29', 'INVALID_VALUE'],
    ['date>date', '2024-04-31', 'INVALID_VALUE'],
    ['date>date', '2024-13-01', 'INVALID_VALUE'],
    ['date>date', '2024-1-01', 'INVALID_VALUE'],
    ['date>datetime', '2021-03-09', 'k,2021-03-09T00:00:00Z'],
    ['date>datetime', '2021-02-30', 'INVALID_VALUE'],
    ['datetime>datetime', '2021-03-09T10:00:00.5+02:00', 'k,2021-03-09T10:00:00.5+02:00'],
    ['datetime>datetime', '2021-03-09T10:00:00', 'INVALID_VALUE'],
    ['datetime>datetime', '2021-03-09', 'INVALID_VALUE'],
    ['datetime>datetime', '2021-03-09T24:00:00Z', 'INVALID_VALUE'],
    ['address>string', 'Main St 1', 'k,Main St 1'],
    ['string>string', '""', 'k,""'],
    ['string>v:string!', '', 'MISSING_VALUE'],
    ['string>v:string!', '""', 'MISSING_VALUE'],
    ['string>v:string!', 'x', 'k,x'],
  ])('%s %j', async (types, cell, expected) => expect(await one(types, cell)).toBe(expected));

  const nowMs = Date.UTC(2030, 0, 1);
  it.each([
    ['number>value:number', '7', 'k,7'],
    ['number>value:number', '7.0', 'k,7'],
    ['number>value:number', '2147483647', 'k,2147483647'],
    ['number>value:number', '2147483648', 'INVALID_VALUE'],
    ['number>value:number', '-1', 'INVALID_VALUE'],
    ['number>value:number', '1.5', 'INVALID_VALUE'],
    ['datetime>expires_at:datetime', '2035-06-30T12:00:00+02:00', 'k,2035-06-30T10:00:00.000Z'],
    ['datetime>expires_at:datetime', '2030-01-01T00:00:00Z', 'INVALID_VALUE'],
    ['date>expires_at:datetime', '2030-01-02', 'k,2030-01-02T00:00:00.000Z'],
    ['date>expires_at:datetime', '2029-12-31', 'INVALID_VALUE'],
    ['datetime>expires_at:datetime', '', 'k,'],
  ])('of the built-in endpoint: %s %j', async (types, cell, expected) => {
    const builtIn = { nowMs };
    const sketch = types.split('>');
    const made = run(
      `id,v\n7,${cell}\n`,
      { identifiers: ['id:user_id'], onto: 'user_id:user_id', attributes: [`v:${sketch[0]}>${sketch[1]}`] },
      { builtIn },
    );
    expect(await delivered(made)).toBe(expected.replace('k', '7'));
  });
  it('that a file does not have are null', async () => {
    expect((await run('homeemail,workemail\na@x.example,\n', emails)).delivered).toEqual(['email,level\r\na@x.example,\r\n']);
  });
});

describe('rejects', () => {
  const sketch = { identifiers: ['email:email'], onto: 'email:email', attributes: ['num:number>num:number'] };
  it('say line, code and the record as it was received', async () => {
    const text = 'email,num\n"a@x.example",1\n,1\nb@x.example\nb@x.example,1,1\n"c@x.example","1\n2"\nno,1\n';
    expect((await run(text, sketch)).rejects.join('\n')).toBe(
      [
        '3,MISSING_IDENTIFIER,No mapped identifier has a value,",1"',
        '4,CELL_COUNT,"The row has 1 cells, the header 2",b@x.example',
        '5,CELL_COUNT,"The row has 3 cells, the header 2","b@x.example,1,1"',
        '6,INVALID_VALUE,\'num\' is no number,"""c@x.example"",""1\n2"""',
        '8,INVALID_IDENTIFIER,\'email\' is no email address,"no,1"',
      ].join('\n'),
    );
  });
  it('name the file where there are several', async () => {
    const made = await run(['email,num\na@x.example,1\n', 'num,email\n1,\n'], sketch);
    expect(made.rejects).toEqual(['77_2.csv:2,MISSING_IDENTIFIER,No mapped identifier has a value,"1,"']);
  });
  it('can be followed by those that a destination finds, by the origins of its rows', async () => {
    const made = await run('email,num\nA@x.example,1\n,2\n', sketch, { keepOrigins: true });
    expect(made.delivered).toEqual(['email,num,line,row\r\na@x.example,1,2,"A@x.example,1"\r\n']);
    const plan = await planOf(folder.path, [], sketch);
    const path = join(folder.path, 'all-rejects');
    const writer = await RejectWriter.open(path, plan.key, made.rejectsPath);
    await writer.add('2', 'UNKNOWN_IDENTIFIER', 'This names no user', 'A@x.example,1');
    await writer.finish();
    expect(await unsealFile(path)).toBe(
      'line,code,message,row\r\n3,MISSING_IDENTIFIER,No mapped identifier has a value,",2"\r\n2,UNKNOWN_IDENTIFIER,This names no user,"A@x.example,1"\r\n',
    );
  });
  it('are too many over 100 and over 5 %', () => {
    for (const [rowsReceived, rowsRejected, expected] of [
      [100, 100, false],
      [101, 101, true],
      [2020, 101, false],
      [2019, 101, true],
      [0, 0, false],
    ] as const)
      expect([rowsReceived, rowsRejected, tooManyRejects({ rowsReceived, rowsRejected })]).toEqual([rowsReceived, rowsRejected, expected]);
  });
});

describe('a run that fails', () => {
  it('leaves nothing, and begun anew gives what an undisturbed one gives', async () => {
    const rows = Array.from({ length: 5000 }, (_, at) => `u${at % 3000}@x.example,,${at}`).join('\n');
    const plan = await planOf(folder.path, [`homeemail,workemail,tier\nbad,,\n${rows}\n`], emails, {
      memoryBytes: 4096,
      mostFileBytes: 20_000,
    });
    const whole = await transform(plan);
    const made = await madeBy(whole);
    let checkpoints = 0;
    await transform(plan, { checkpoint: () => void checkpoints++ });
    for (let failing = 1; failing <= checkpoints; failing++) {
      let left = failing;
      const checkpoint = (): void => {
        if (--left === 0) throw new Error('killed');
      };
      await expect(transform(plan, { checkpoint })).rejects.toThrow('killed');
      expect(filesBelow(folder.path)).toEqual(['in-0', 'out']);
    }
    const again = await transform(plan);
    expect(again).toEqual(whole);
    expect(await madeBy(again)).toEqual(made);
    expect(whole.files.length).toBeGreaterThan(1);
  });
  it('never empties a folder that it reads from', async () => {
    const plan = await planOf(folder.path, ['homeemail,workemail\n'], emails, { folder: folder.path });
    await expect(transform(plan)).rejects.toThrow('stands in a folder of its run');
    expect(filesBelow(folder.path)).toEqual(['in-0']);
  });
  it('on a damaged source says so', async () => {
    const plan = await planOf(folder.path, ['homeemail,workemail\na@x.example,\n'], emails);
    const path = join(folder.path, 'in-0');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(transform(plan)).rejects.toThrow('cannot be opened');
    expect(filesBelow(folder.path)).toEqual(['in-0', 'out']);
  });
});
