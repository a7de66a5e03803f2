import { defineConfig } from 'vite';
import react from '@vitejs/plugin-react';
import { themeStylesheet } from './theme/theme-stylesheet.ts';

/** Where `vite console` finds the admin API while the console is being worked on. */
const ADMIN_API = 'http://127.0.0.1:4000';

/** What the admin API answers itself; everything else is a screen of the console. */
const API_PATHS = ['/v1', '/auth', '/quickstart', '/openapi.json'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), themeStylesheet()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // An inlined asset would be a data: URL, which the content security policy does not allow for fonts and scripts.
    assetsInlineLimit: 0,
    // The first ones with light-dark(). For older ones it would be rewritten in a way that shows no colour at all, because
    // Mantine sets color-scheme through a variable.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: Object.fromEntries(API_PATHS.map((path) => [path, { target: ADMIN_API, changeOrigin: false }])),
  },
});
