# shellcheck shell=bash
# What build/run, build/test, build/check and build/bench share: words, versions, stamps, the pages and the program.
# Sourced, never run. The caller has done `set -eu`.

set -o pipefail

ROOT=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=$ROOT/build/cache
BIN=$ROOT/build/bin
ME=build/$(basename -- "$0")

# npm asks for its own newer version otherwise.
export npm_config_update_notifier=false

# say WORDS prints one line on standard error; standard output belongs to the program that is started.
say() { printf '%s: %s\n' "$ME" "$*" >&2; }

# die WORDS [HINT] says what happened and what to do, and ends with status 1.
die() {
    printf '%s: error: %s\n' "$ME" "$1" >&2
    [ $# -lt 2 ] || printf '%s: hint: %s\n' "$ME" "$2" >&2
    exit 1
}

mkdir -p "$CACHE" "$BIN" 2>/dev/null || true
if [ ! -w "$CACHE" ] || [ ! -w "$BIN" ]; then
    die "build/cache and build/bin can't be written by $(id -un)" "somebody else made them, root perhaps: chown them back, or remove both"
fi

# shellcheck source=build/packages.sh
. "$ROOT/build/packages.sh"

# digest reads standard input and prints its SHA-256.
digest() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# stamp_is NAME VALUE succeeds when the stamp NAME holds VALUE; stamp_set writes it. Stamps live in build/cache.
stamp_is() { [ -f "$CACHE/$1.stamp" ] && [ "$(cat "$CACHE/$1.stamp")" = "$2" ]; }
stamp_set() { printf '%s\n' "$2" >"$CACHE/$1.stamp"; }

# at_least HAVE WANT compares dotted versions.
at_least() {
    local have=$1 want=$2 i h w
    for i in 1 2 3; do
        h=$(printf '%s' "$have" | cut -d . -f $i)
        w=$(printf '%s' "$want" | cut -d . -f $i)
        h=${h%%[!0-9]*}
        w=${w%%[!0-9]*}
        [ "${h:-0}" -eq "${w:-0}" ] || { [ "${h:-0}" -gt "${w:-0}" ]; return; }
    done
}

# system_kind prints linux, darwin, windows or other.
system_kind() {
    case $(uname -s) in
        Linux) echo linux ;;
        Darwin) echo darwin ;;
        MINGW* | MSYS* | CYGWIN*) echo windows ;;
        *) echo other ;;
    esac
}

# check_go makes sure of the Go that go.mod asks for. An older one of 1.21 or later fetches the right one by itself,
# unless GOTOOLCHAIN (Debian's packages set it to local) forbids it.
check_go() {
    local want have policy
    want=$(awk '$1 == "go" { print $2; exit }' "$ROOT/go.mod")
    if ! command -v go >/dev/null 2>&1 && [ -x /usr/local/go/bin/go ]; then
        PATH=$PATH:/usr/local/go/bin
        export PATH
    fi
    command -v go >/dev/null 2>&1 || die "Go is not installed, or not in PATH; this needs $want or later" "$(go_advice "$want")"
    have=$(GOTOOLCHAIN=local go version 2>/dev/null | awk '{ sub(/^go/, "", $3); print $3 }')
    if at_least "$have" "$want"; then return 0; fi
    policy=$(cd / && go env GOTOOLCHAIN 2>/dev/null || echo local)
    case $policy in
        auto | *+auto) at_least "$have" 1.21 || die "Go $have is too old; this needs $want or later" "$(go_advice "$want")" ;;
        *) die "Go $have is too old; this needs $want or later" \
            "if yours is 1.21 or later, let it fetch $want by itself: GOTOOLCHAIN=auto $ME; otherwise: $(go_advice "$want")" ;;
    esac
    say "Go $have fetches Go $want for this project (once, about 80 MB)"
    (cd "$ROOT" && go version >/dev/null) ||
        die "Go $have could not fetch Go $want" "with a network it can; without one: $(go_advice "$want")"
}

go_advice() {
    printf 'Debian and Ubuntu package an older one, so take Go %s or later from https://go.dev/dl/, unpack it with "tar -C /usr/local -xzf go*.tar.gz" as root, put /usr/local/go/bin into PATH, run this again' "$1"
}

# check_node makes sure of a Node that the pages' tools accept (20.19 or later, 22.12 or later; not 21) and of npm.
check_node() {
    local have
    local advice='Debian 12 and Ubuntu 24.04 package Node 18, so take 22 (LTS) from https://nodejs.org/en/download, or with nvm: "nvm install 22"; run this again'
    command -v node >/dev/null 2>&1 || die "Node is not installed, or not in PATH; this needs 20.19 or later (or 22.12 or later)" "$advice"
    have=$(node --version)
    have=${have#v}
    if ! at_least "$have" 20.19 || { at_least "$have" 21 && ! at_least "$have" 22.12; }; then
        die "Node $have does not do; this needs 20.19 or later (or 22.12 or later)" "$advice"
    fi
    command -v npm >/dev/null 2>&1 ||
        die "npm is not installed; Node's own packages carry it, Debian's come without" "apt-get install npm, or $advice"
}

# window_tags prints the build tags of a program with a window on this system.
window_tags() {
    case $(system_kind) in
        linux) echo desktop,production,webkit2_41 ;;
        *) echo desktop,production ;;
    esac
}

# program_version prints what `sting version` should say of this checkout.
program_version() { git -C "$ROOT" describe --tags --always --dirty 2>/dev/null || echo unknown; }

# npm_packages brings frontend/node_modules up to package-lock.json, and only then asks for the network.
npm_packages() {
    local value
    value=$({ cat "$ROOT/frontend/package.json" "$ROOT/frontend/package-lock.json"; node --version; uname -sm; } | digest)
    if [ -d "$ROOT/frontend/node_modules" ] && stamp_is npm "$value"; then return 0; fi
    say "installs the npm packages of frontend/package-lock.json into frontend/node_modules"
    rm -f "$CACHE/npm.stamp"
    (cd "$ROOT/frontend" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefer-offline --no-audit --no-fund --loglevel=error </dev/null) ||
        die "npm could not install the packages of the pages" "what it said stands above; it needs a network the first time"
    stamp_set npm "$value"
}

# pages_source prints every file that the pages are built from, NUL-ended and sorted.
pages_source() {
    (cd "$ROOT" && find frontend \( -name node_modules -o -path frontend/dist -o -path 'frontend/e2e*' -o -name test-results -o -name playwright-report \) -prune \
        -o -type f -print0 | LC_ALL=C sort -z)
}

# build_pages builds frontend/dist when its sources are not those of the last build.
build_pages() {
    local value
    value=$(cd "$ROOT" && pages_source | xargs -0 cat | digest)-$(pages_source | digest)
    if [ -f "$ROOT/frontend/dist/index.html" ] && stamp_is pages "$value"; then return 0; fi
    say "builds the pages into frontend/dist"
    rm -f "$CACHE/pages.stamp"
    (cd "$ROOT/frontend" && npm run --silent build </dev/null >&2) ||
        die "the pages did not build" "what the build said stands above"
    stamp_set pages "$value"
}

# build_program OUT TAGS [go build flags...] builds the program with the window's tags, or, with TAGS empty, pure Go.
build_program() {
    local out=$1 tags=$2 cgo=1
    shift 2
    [ -n "$tags" ] || cgo=0
    [ "$(system_kind)" != windows ] || cgo=0
    if [ "$(system_kind)" = darwin ] && [ -n "$tags" ]; then
        export CGO_CFLAGS="${CGO_CFLAGS:-} -mmacosx-version-min=10.13"
        export CGO_LDFLAGS="${CGO_LDFLAGS:-} -framework UniformTypeIdentifiers -mmacosx-version-min=10.13"
    fi
    (cd "$ROOT" && CGO_ENABLED=$cgo GOFLAGS="${GOFLAGS:-} -mod=readonly" go build -buildvcs=false -trimpath \
        -ldflags "-s -w -X main.version=$(program_version)" -tags "$tags" -o "$out" "$@" .) ||
        die "the program did not build" "what the compiler said stands above"
}
