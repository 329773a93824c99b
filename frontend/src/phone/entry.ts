/**
 * The camera app opens BASE/C/…, the text of the projector's code: it becomes the
 * check-in page before the router looks at the address, so this is imported first.
 */
if (/^\/c\//i.test(location.pathname))
  history.replaceState(null, '', `/m/check-in?code=${encodeURIComponent(location.href.toUpperCase())}`)
