// Builds the dashboard's page into dist/page, from where the service serves it under a strict Content-Security-Policy:
// everything is a file of our own, nothing is inlined. How JSX becomes preact stands in page/tsconfig.json.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('page', import.meta.url)),
  base: '/dashboard/',
  build: {
    outDir: fileURLToPath(new URL('dist/page', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
});
