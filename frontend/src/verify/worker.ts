/// <reference lib="webworker" />
/** The public page without a network: its shell, its script, the last keys and status lists. */
const worker = self as unknown as ServiceWorkerGlobalScope
const CACHE = 'verify-1'
const SHELL = '/verify'
const first = [SHELL, '/assets/verify.js', '/assets/verify.css', '/icon.svg']

worker.addEventListener('install', (e) =>
  e.waitUntil(
    caches
      .open(CACHE)
      .then((c) => c.addAll(first))
      .then(() => worker.skipWaiting()),
  ),
)
worker.addEventListener('activate', (e) =>
  e.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((n) => n.startsWith('verify-') && n !== CACHE).map((n) => caches.delete(n))),
      )
      .then(() => worker.clients.claim()),
  ),
)

/** From the network, kept for later; without one, what was kept. */
async function networkFirst(request: Request, fallback?: string): Promise<Response> {
  try {
    const answer = await fetch(request)
    if (answer.ok && (!fallback || new URL(request.url).pathname === SHELL))
      await (await caches.open(CACHE)).put(request, answer.clone())
    return answer
  } catch (e) {
    const kept =
      (await caches.match(request, { ignoreSearch: true })) ?? (fallback ? await caches.match(fallback) : undefined)
    if (kept) return kept
    throw e
  }
}

worker.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url)
  if (e.request.method !== 'GET' || url.origin !== location.origin) return
  if (e.request.mode === 'navigate') e.respondWith(networkFirst(e.request, SHELL))
  else if (/^\/(assets\/(verify|zxing)|fonts\/|icon|api\/v1\/public\/(keys|status-lists))/.test(url.pathname))
    e.respondWith(networkFirst(e.request))
})
