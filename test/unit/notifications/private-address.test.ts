import { describe, expect, it } from '@jest/globals';
import { isPrivateAddress } from '../../../admin-api/notifications/webhooks/private-address.ts';
import { assertCallable } from '../../../admin-api/notifications/webhooks/post-webhook.ts';

describe('addresses that webhooks may be sent to', () => {
  it.each(['8.8.8.8', '172.15.255.255', '172.32.0.1', '::ffff:8.8.8.8', '::ffff:808:808', '2606:4700:4700::1111'])(
    '%s is of the public internet',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:7f00:1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    'fd00::1',
    'fe80::1',
    'ff02::1',
    'localhost',
  ])('%s is not', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    'https://0x7f000001/',
    'https://2130706433/',
    'https://127.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://[0:0:0:0:0:ffff:a9fe:a9fe]/',
  ])('%s is refused however it is spelt', (url) => {
    expect(() => assertCallable(url, false)).toThrow('is not on the public internet');
    expect(() => assertCallable(url, true)).not.toThrow();
  });
});
