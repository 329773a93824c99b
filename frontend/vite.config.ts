import { defineConfig } from 'vitest/config'
import { alias, here, keepFolder, oneShellEach, out, ownWasm, pages } from './vite.plugins.ts'

const backend = process.env.CARECERT_API ?? 'http://127.0.0.1:8080'

/** The office; and, while developing, every page. */
export default defineConfig({
  resolve: { alias },
  appType: 'mpa',
  plugins: [...pages(), oneShellEach(), ownWasm(), keepFolder()],
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: { office: here('index.html') },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { proxy: { '/api': backend, '^/[vVdDrR]/': backend } },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
    // style modules import css files, which node does not read by itself
    server: { deps: { inline: [/(element-plus|vant)\/.*\/style\//] } },
  },
})
