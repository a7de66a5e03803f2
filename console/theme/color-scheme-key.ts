/** Where the chosen colour scheme is kept in localStorage; `public/color-scheme.js` reads the same key. */
export const COLOR_SCHEME_KEY = 'hallpass.color-scheme';
