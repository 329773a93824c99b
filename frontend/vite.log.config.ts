import { defineConfig } from 'vite'
import { alias, here, out } from './vite.plugins.ts'

/** The public page of the issuance log: a build of its own, so that the verify page shares no part with it and stays small. */
export default defineConfig({
  resolve: { alias },
  publicDir: false,
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2020',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      external: ['/fonts/wenkai.woff2'],
      input: { log: here('log.html') },
      output: {
        entryFileNames: 'assets/log-[hash].js',
        chunkFileNames: 'assets/log-[name]-[hash].js',
        assetFileNames: 'assets/log-[name]-[hash][extname]',
      },
    },
  },
})
