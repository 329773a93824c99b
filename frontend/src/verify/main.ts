import { served } from './served'
import { standalone } from './standalone'

/** One script for both: the page the server made for a code, and the page that reads any code. */
const app = document.querySelector<HTMLElement>('#verify')
const page = document.querySelector<HTMLElement>('main[data-verdict]')
if (app) standalone(app)
else if (page) void served(page)

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // Scopes tell case apart, and the codes say /V/.
  for (const scope of ['/v', '/V'])
    void navigator.serviceWorker.register('/verify-worker.js', { scope }).catch(() => undefined)
}
