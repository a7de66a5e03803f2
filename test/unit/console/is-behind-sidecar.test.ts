import { describe, expect, it } from '@jest/globals';
import { isBehindSidecar } from '../../../console/sign-in/is-behind-sidecar.ts';

const SIDECARS = ['https://proxy.example', 'https://apps.example/hallpass/', 'not a url'];

describe('isBehindSidecar', () => {
  it.each([
    'https://proxy.example/',
    'https://proxy.example/connections/x?y=1#z',
    'https://apps.example/hallpass/',
    'https://apps.example/hallpass/x',
  ])('lets people go back to %s', (url) => {
    expect(isBehindSidecar(new URL(url), SIDECARS)).toBe(true);
  });

  it.each([
    'https://proxy.example.evil/',
    'https://proxy.example:8443/',
    'http://proxy.example/',
    'https://evil/https://proxy.example/',
    'https://apps.example/hallpass-evil',
    'https://apps.example/hallpass/../evil',
    'https://apps.example/',
  ])('sends nobody to %s', (url) => {
    expect(isBehindSidecar(new URL(url), SIDECARS)).toBe(false);
  });
});
