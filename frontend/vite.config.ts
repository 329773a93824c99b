import { cpSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver, VantResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
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

/** The server keeps an empty folder under version control. */
function keepFolder(): Plugin {
  return { name: 'keep-folder', apply: 'build', generateBundle() { this.emitFile({ type: 'asset', fileName: '.gitkeep', source: '' }) } }
}

export default defineConfig(async (): Promise<ViteUserConfig> => ({
  resolve: { alias: { '@': here('src') } },
  appType: 'mpa' as const,
  plugins: [
    noForeignFonts(),
    vue(),
    Components({ dts: false, dirs: [], resolvers: [ElementPlusResolver(), VantResolver()] }),
    ownWasm(),
    keepFolder(),
    ...(process.env.CARECERT_MOCK ? [(await import('./mock')).mock()] : []),
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
  server: { proxy: process.env.CARECERT_MOCK ? {} : { '/api': 'http://127.0.0.1:8080', '/v/': 'http://127.0.0.1:8080' } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts', 'src/**/*.test.ts'] },
}))
