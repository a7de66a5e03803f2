import { describe, expect, it } from '@jest/globals';
import {
  forgetDestination,
  peekDestination,
  placeText,
  readPlace,
  rememberDestination,
} from '../../../console/sign-in/destination.ts';

function memoryStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

const forbidden = {
  getItem: () => {
    throw new Error('storage is forbidden');
  },
  setItem: () => {
    throw new Error('storage is forbidden');
  },
  removeItem: () => {
    throw new Error('storage is forbidden');
  },
};

const FORM = {
  pathname: '/access-requests/new',
  search: '?resource=connection:aws-production',
  hash: '#return_to=http%3A%2F%2F127.0.0.1%3A8080%2Fx',
};

describe('where somebody was going', () => {
  it('survives sign-in with its fragment', () => {
    const storage = memoryStorage();
    rememberDestination(FORM, storage);
    expect(peekDestination(storage)).toEqual(FORM);
    expect(placeText(FORM)).toBe(`${FORM.pathname}${FORM.search}${FORM.hash}`);
    forgetDestination(storage);
    expect(peekDestination(storage)).toBeNull();
  });

  it.each([
    null,
    '',
    'review',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    '/path\nwith-line-feed',
    '/a\\b',
    '/.//evil.example',
    '/sign-in',
    '/sign-in?again',
  ])('is never %p', (text) => {
    expect(readPlace(text)).toBeNull();
  });

  it('is nothing where storage is forbidden', () => {
    expect(() => rememberDestination(FORM, forbidden)).not.toThrow();
    expect(() => forgetDestination(forbidden)).not.toThrow();
    expect(peekDestination(forbidden)).toBeNull();
  });
});
