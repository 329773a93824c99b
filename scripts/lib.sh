# Shared by the scripts in this folder; sourced, never run.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="$ROOT/.cache"
mkdir -p "$CACHE"

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

need_tool() { command -v "$1" >/dev/null 2>&1 || die "$1 is missing: $2"; }

# need_packages installs Debian packages that are not there yet.
need_packages() {
  local missing=() p
  for p in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing ${missing[*]}"
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo"
  $sudo apt-get update -qq >"$CACHE/apt.log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$CACHE/apt.log" 2>&1 ||
    die "could not install ${missing[*]}; see .cache/apt.log"
}

need_go() { need_tool go "install Go 1.26 or newer (https://go.dev/dl)"; }
# need_node wants what Vite wants ("engines" of frontend/package.json): 20.19 of
# the 20s, or 22.12 and later.
need_node() {
  local want="Node.js 20.19 (of the 20s), or 22.12 or newer" have major minor
  need_tool node "install $want (https://nodejs.org)"
  need_tool npm "it comes with Node.js"
  have="$(node --version)"
  IFS=. read -r major minor _ <<<"${have#v}"
  if ! { ((major == 20 && minor >= 19)) || ((major == 22 && minor >= 12)) || ((major > 22)); }; then
    die "Node.js $have is too old to build the web pages: install $want (https://nodejs.org)"
  fi
}

# newer STAMP PATH... succeeds when a file under the paths is newer than STAMP.
newer() {
  local stamp="$1"
  shift
  [ -e "$stamp" ] || return 0
  [ -n "$(find "$@" -path '*/node_modules' -prune -o -newer "$stamp" -print -quit 2>/dev/null)" ]
}

# node_modules puts the packages of the lock file in place, once per lock file.
node_modules() {
  local stamp="$ROOT/frontend/node_modules/.carecert-installed"
  if newer "$stamp" "$ROOT/frontend/package-lock.json"; then
    need_node
    say "installing web packages"
    (cd "$ROOT/frontend" && npm ci --no-audit --no-fund --loglevel=error >&2)
    touch "$stamp"
  fi
}

# build_web builds the pages into server/web/dist when a source is newer.
build_web() {
  local stamp="$ROOT/server/web/dist/.built"
  if newer "$stamp" "$ROOT/frontend/src" "$ROOT/frontend/public" "$ROOT/frontend/m" \
    $(find "$ROOT/frontend" -maxdepth 1 -type f); then
    need_node
    node_modules
    say "building web pages"
    (cd "$ROOT/frontend" && npm run --silent build >&2)
    touch "$stamp" "$ROOT/server/web/dist/.gitkeep"
  fi
}

# build_program builds bin/carecert when a source or a page is newer.
build_program() {
  local bin="$ROOT/bin/carecert"
  if newer "$bin" "$ROOT/server" "$ROOT/modules" "$ROOT/policies" "$ROOT/go.mod" "$ROOT/go.sum"; then
    need_go
    say "building bin/carecert"
    (cd "$ROOT" && CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o "$bin" ./server)
  fi
}

# browser prints the path of a Chromium for the browser journeys. Without a
# Chinese font of the system its pages would show empty boxes.
browser() {
  need_packages fonts-noto-cjk
  command -v chromium || { need_packages chromium && command -v chromium; }
}
