import { defineConfig } from 'vite'
import { alias, here, out } from './vite.plugins.ts'

/** The public verify page: names without a hash, because the server's own page names them. */
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
      input: {
        verify: here('verify.html'),
        'verify-worker': here('src/verify/worker.ts'),
        draw: here('src/draw/main.ts'),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'verify-worker' ? 'verify-worker.js' : 'assets/[name].js'),
        chunkFileNames: 'assets/verify-[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
})
