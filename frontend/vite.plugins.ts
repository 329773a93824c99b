import { cpSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver, VantResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import type { Plugin } from 'vite'

export const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
export const out = here('../server/web/dist')

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
export function ownWasm(): Plugin {
  return {
    name: 'own-wasm',
    apply: 'build',
    closeBundle: () =>
      cpSync(here('node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'), `${out}/assets/zxing_reader.wasm`),
  }
}

/** The server keeps an empty folder under version control. */
export function keepFolder(): Plugin {
  return {
    name: 'keep-folder',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '.gitkeep', source: '' })
    },
  }
}

/** While developing: every path of a page leads to its shell, as the server does it. */
export function oneShellEach(): Plugin {
  return {
    name: 'one-shell-each',
    configureServer: (server) => {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '/').split('?')[0] ?? '/'
        if (/^\/(@|src|node_modules|assets|fonts|api|[vdr]\/|[VDR]\/|icon)/.test(path) || path.includes('.'))
          return next()
        const phone = path === '/m' || path.startsWith('/m/') || path.toLowerCase().startsWith('/c/')
        request.url = phone ? '/m/index.html' : ['/verify', '/log'].includes(path) ? `${path}.html` : '/index.html'
        next()
      })
    },
  }
}

export const pages = () => [
  noForeignFonts(),
  vue(),
  Components({ dts: false, dirs: [], resolvers: [ElementPlusResolver(), VantResolver()] }),
]
export const alias = { '@': here('src') }
