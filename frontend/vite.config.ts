import { cpSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver, VantResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vitest/config'
import type { Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const out = fileURLToPath(new URL('../server/web/dist', import.meta.url))
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Vant's icon font falls back to a foreign host: nothing is fetched from outside. */
function noForeignFonts(): Plugin {
  return {
    name: 'no-foreign-fonts',
    enforce: 'pre',
    transform: (code, id) =>
      id.includes('/vant/') && id.endsWith('.css')
        ? { code: code.replace(/,\s*url\((?:\/\/|https?:)[^)]*\)\s*format\([^)]*\)/g, ''), map: null }
        : undefined,
  }
}

/** The reader of QR codes is our own file, not one from a content network. */
function ownWasm(): Plugin {
  const from = here('node_modules/zxing-wasm/dist/reader/zxing_reader.wasm')
  return {
    name: 'own-wasm',
    apply: 'build',
    closeBundle: () => cpSync(from, `${out}/assets/zxing_reader.wasm`),
  }
}

/** While developing: every path of a page leads to its shell, as the server does it. */
function oneShellEach(): Plugin {
  return {
    name: 'one-shell-each',
    configureServer: (server) => {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '/').split('?')[0] ?? '/'
        if (/^\/(@|src|node_modules|assets|fonts|api|v\/|V\/|icon)/.test(path) || path.includes('.')) return next()
        request.url = path === '/m' || path.startsWith('/m/') || path.toLowerCase().startsWith('/c/') ? '/m/index.html' : path === '/verify' ? '/verify.html' : '/index.html'
        next()
      })
    },
  }
}

/** The server keeps an empty folder under version control. */
function keepFolder(): Plugin {
  return { name: 'keep-folder', apply: 'build', generateBundle() { this.emitFile({ type: 'asset', fileName: '.gitkeep', source: '' }) } }
}

const backend = process.env.CARECERT_API ?? 'http://127.0.0.1:8080'

export default defineConfig({
  resolve: { alias: { '@': here('src') } },
  appType: 'mpa',
  plugins: [
    noForeignFonts(),
    vue(),
    Components({ dts: false, dirs: [], resolvers: [ElementPlusResolver(), VantResolver()] }),
    ownWasm(),
    keepFolder(),
    oneShellEach(),
    VitePWA({
      strategies: 'generateSW',
      registerType: 'autoUpdate',
      filename: 'm/sw.js',
      scope: '/m/',
      injectRegister: null,
      manifestFilename: 'm/manifest.webmanifest',
      manifest: {
        id: '/m/', name: '护理员证书', short_name: '护理证书', lang: 'zh-CN', start_url: '/m/', scope: '/m/', display: 'standalone',
        background_color: '#f5f4ef', theme_color: '#12312d',
        icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      workbox: {
        globPatterns: ['m/index.html', 'assets/phone*.{js,css}', 'assets/shared*.{js,css}', 'assets/words-*.js', 'assets/scan-*.js', 'icon.svg', 'fonts/wenkai.woff2'],
        maximumFileSizeToCacheInBytes: 3_000_000,
        navigateFallback: '/m/index.html',
        navigateFallbackAllowlist: [/^\/m(\/|$)/],
        runtimeCaching: [
          { urlPattern: /\/assets\/.*\.(?:js|css|wasm)$/, handler: 'CacheFirst', options: { cacheName: 'phone-parts' } },
        ],
      },
    }),
  ],
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: { office: here('index.html'), phone: here('m/index.html') },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { proxy: { '/api': backend, '^/[vV]/': backend } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts', 'src/**/*.test.ts'] },
})
