import { fileURLToPath, URL } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The public verify page: names without a hash, because the server's own page names them. */
export default defineConfig({
  resolve: { alias: { '@': here('src') } },
  publicDir: false,
  build: {
    outDir: here('../server/web/dist'),
    emptyOutDir: false,
    target: 'es2020',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { verify: here('verify.html'), 'verify-worker': here('src/verify/worker.ts') },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'verify-worker' ? 'verify-worker.js' : 'assets/[name].js'),
        chunkFileNames: 'assets/verify-[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
})
