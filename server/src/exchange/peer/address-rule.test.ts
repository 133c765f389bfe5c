import { describe, expect, test } from 'vitest';
import { type AddressKind, addressKind, checkUrl, checkUrlAtRegistration } from './address-rule.ts';

const publicOnly = { allowPrivate: false };
const withPrivate = { allowPrivate: true };

const addresses: readonly [kind: AddressKind, addresses: readonly string[]][] = [
  ['public', ['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '192.167.1.1', '223.255.255.255']],
  ['public', ['2606:4700::1111', '2a00:1450:4001:81b::200e', '::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::8.8.8.8', '64:ff9b::808:808']],
  ['private', ['127.0.0.1', '127.255.255.254', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1']],
  ['private', ['100.64.0.1', '100.127.255.255', '::1', 'fc00::1', 'fd12:3456::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.1.2.3']],
  ['private', ['64:ff9b::10.0.0.1', '64:ff9b::7f00:1', '0:0:0:0:0:ffff:c0a8:1']],
  ['never', ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0', '64:ff9b::0.0.0.0']],
  [
    'never',
    [
      '169.254.0.1',
      '169.254.169.254',
      'fe80::1',
      'febf::1',
      'fe80::1%eth0',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      '64:ff9b::a9fe:a9fe',
    ],
  ],
  ['never', ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1', '::ffff:224.0.0.1']],
  [
    'never',
    [
      '255.255.255.255',
      '240.0.0.1',
      '192.0.0.1',
      '192.0.2.1',
      '198.51.100.7',
      '203.0.113.9',
      '198.18.0.1',
      '198.19.255.255',
      '192.88.99.1',
    ],
  ],
  [
    'never',
    [
      '2001:db8::1',
      '3fff::1',
      '3fff:fff::1',
      '100::1',
      '2001::1',
      '2001:2::1',
      '2001:10::1',
      '2001:20::1',
      '5f00::1',
      '4000::1',
      'fec0::1',
    ],
  ],
  [
    'never',
    [
      '2002:7f00:1::',
      '2002:a9fe:a9fe::1',
      '2002:808:808::1',
      '::7f00:1',
      '::127.0.0.1',
      '::8.8.8.8',
      '::ffff:0:7f00:1',
      '64:ff9b:1::7f00:1',
    ],
  ],
  ['never', ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254', '::ffff:100.100.100.200', '64:ff9b::168.63.129.16']],
  [
    'never',
    [
      '',
      'localhost',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.0.0.1:80',
      '[::1]',
      'fd00::1%1',
      '::1%lo',
      '127.0.0.1 ',
      '1.2.3.4.5',
    ],
  ],
];

describe('the kind of an address', () => {
  test.each(addresses.flatMap(([kind, list]) => list.map((address) => [address, kind] as const)))('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});

/** Hosts as somebody may write them in a URL, and the only rule that lets them pass. */
const hosts: readonly [passes: 'always' | 'where private ones are allowed' | 'never', hosts: readonly string[]][] = [
  [
    'always',
    ['ads.example', 'ads.example.', 'localhost', 'xn--bcher-kva.example', '8.8.8.8', '134744072', '0x8.0x8.0x8.0x8', '[2606:4700::1111]'],
  ],
  [
    'where private ones are allowed',
    ['127.0.0.1', '2130706433', '0x7f000001', '0x7F.1', '017700000001', '0177.0.0.01', '127.1', '127.0.1'],
  ],
  [
    'where private ones are allowed',
    ['１２７.０.０.１', '127。0。0。1', '%31%32%37.0.0.1', '127.0.0.1.', '[::1]', '[0:0::1]', '[::ffff:127.0.0.1]'],
  ],
  ['where private ones are allowed', ['10.1', '0xa000001', '192.168.257', '[fd00::1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '100.64.1']],
  ['never', ['169.254.169.254', '2852039166', '0xa9fea9fe', '0xa9.0xfe.0xa9.0xfe', '0251.0376.0251.0376', '169.254.43518', '169.16689662']],
  [
    'never',
    [
      '[fe80::1]',
      '[::ffff:169.254.169.254]',
      '[::ffff:a9fe:a9fe]',
      '[64:ff9b::169.254.169.254]',
      '[::169.254.169.254]',
      '[2002:a9fe:a9fe::]',
    ],
  ],
  ['never', ['0', '0.0.0.0', '0x0', '[::]', '224.0.0.1', '0xe0000001', '[ff02::1]', '255.255.255.255', '4294967295', '240.1', '192.0.2.1']],
  [
    'never',
    ['[fe80::1%25eth0]', '[fe80::1%eth0]', '256.0.0.1', '4294967296', '1.2.3.4.5', '', 'a b', '127.0.0.1%00', '[::1', '0x7g.1.2.3'],
  ],
];

describe('the host of a URL', () => {
  test.each(hosts.flatMap(([passes, list]) => list.map((host) => [host, passes] as const)))('%s passes %s', (host, passes) => {
    const url = `https://${host}:8443/x?y=1`;
    expect([checkUrlAtRegistration(url, publicOnly) === null, checkUrlAtRegistration(url, withPrivate) === null]).toEqual([
      passes === 'always',
      passes !== 'never',
    ]);
  });
});

describe('the rest of a URL', () => {
  test('https is always taken, http where private addresses are allowed, and nothing else ever', () => {
    const taken = (rule: typeof publicOnly) =>
      [
        'https://a.example',
        'HTTPS://a.example',
        'http://a.example',
        'file:///etc/passwd',
        'ftp://a.example',
        'gopher://a',
        'blob:https://a.example/1',
        'data:,x',
      ].filter((url) => checkUrl(url, rule) === null);
    expect(taken(publicOnly)).toEqual(['https://a.example', 'HTTPS://a.example']);
    expect(taken(withPrivate)).toEqual(['https://a.example', 'HTTPS://a.example', 'http://a.example']);
  });

  test('user names and passwords are refused, and not repeated', () => {
    for (const url of [
      'https://user:secret@a.example/',
      'https://user@a.example/',
      'https://:secret@a.example/',
      'https://%75ser@a.example',
    ]) {
      expect(checkUrl(url, withPrivate)).toBe('The URL must not hold a user name or a password');
    }
    expect(checkUrl('https://a.example/@b:c', publicOnly)).toBeNull();
  });

  test.each(['', 'ads.example/ex', '//ads.example', 'https:', 'https://', '/v1', 'not a url'])('%j is refused', (url) => {
    expect(checkUrl(url, withPrivate)).toEqual(expect.any(String));
  });
});
