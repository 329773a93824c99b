import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { alias, here, out, pages } from './vite.plugins.ts'

/** The phone: a build of its own, so that what it needs offline is just what it has. */
export default defineConfig({
  resolve: { alias },
  publicDir: false,
  plugins: [
    ...pages(),
    VitePWA({
      strategies: 'generateSW',
      registerType: 'autoUpdate',
      filename: 'm/sw.js',
      scope: '/m/',
      injectRegister: null,
      manifestFilename: 'm/manifest.webmanifest',
      manifest: {
        id: '/m/',
        name: '护理员证书',
        short_name: '护理证书',
        lang: 'zh-CN',
        start_url: '/m/',
        scope: '/m/',
        display: 'standalone',
        background_color: '#f5f4ef',
        theme_color: '#12312d',
        icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      workbox: {
        globPatterns: ['m/index.html', 'assets/phone-*.{js,css}', 'icon.svg', 'fonts/wenkai.woff2'],
        modifyURLPrefix: { '': '/' }, // the worker lies in /m/, what it keeps does not
        maximumFileSizeToCacheInBytes: 3_000_000,
        navigateFallback: '/m/index.html',
        navigateFallbackAllowlist: [/^\/m(\/|$)/],
        runtimeCaching: [
          { urlPattern: /\/assets\/zxing_reader\.wasm$/, handler: 'CacheFirst', options: { cacheName: 'phone-scan' } },
        ],
      },
    }),
  ],
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    rolldownOptions: {
      input: { phone: here('m/index.html') },
      output: {
        entryFileNames: 'assets/phone-[hash].js',
        chunkFileNames: 'assets/phone-[name]-[hash].js',
        assetFileNames: 'assets/phone-[name]-[hash][extname]',
      },
    },
  },
})
