/** Where somebody was going before they had to sign in: path, query and fragment of a screen. */
export interface Place {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

const KEY = 'hallpass.destination';
const BASE = 'https://console.invalid';

export function placeText({ pathname, search, hash }: Place): string {
  return `${pathname}${search}${hash}`;
}

/**
 * Reads a destination. Null unless it is a path on this very origin: whatever a URL parser could take for another
 * host (`//host`, `/\host`, control characters) is refused, and so is the sign-in screen itself.
 */
export function readPlace(text: string | null): Place | null {
  if (text === null || !/^\/(?![/\\])/.test(text)) return null;
  if (Array.from(text).some((character) => character <= ' ' || character === '\\')) return null;
  const url = URL.parse(text, BASE);
  if (url === null || url.origin !== BASE || url.pathname.startsWith('//') || url.pathname === '/sign-in') return null;
  return { pathname: url.pathname, search: url.search, hash: url.hash };
}

type SessionStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Kept in this tab only. Storage that is forbidden costs the way back, nothing else. */
export function rememberDestination(place: Place, storage: SessionStorage): void {
  try {
    storage.setItem(KEY, placeText(place));
  } catch {
    // The person lands on their own page after sign-in.
  }
}

export function peekDestination(storage: SessionStorage): Place | null {
  try {
    return readPlace(storage.getItem(KEY));
  } catch {
    return null;
  }
}

export function forgetDestination(storage: SessionStorage): void {
  try {
    storage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
