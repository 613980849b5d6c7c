# shellcheck shell=bash
# Steps that run one after another, with their durations, and a summary that is printed whatever happens. Sourced after lib.sh.

STEP_LINES=
STEP_FAILED=0
STEP_PASSED=0
STEPS_BEGAN=$SECONDS

# step NAME COMMAND... runs the command in a shell of its own and notes how it ended. After a failure the steps that
# follow are listed as not run, unless KEEP_GOING is set. COMMAND is a function or a program; `set -e` holds inside it.
step() {
    local name=$1 began=$SECONDS status
    shift
    if [ "$STEP_FAILED" -gt 0 ] && [ -z "${KEEP_GOING:-}" ]; then
        STEP_LINES="$STEP_LINES$(printf '  %-9s %5s  %s' 'not run' '' "$name")"$'\n'
        return 0
    fi
    printf '\n== %s\n' "$name"
    set +e
    (
        set -eu
        "$@"
    )
    status=$?
    set -e
    local took=$((SECONDS - began))
    if [ "$status" -eq 0 ]; then
        STEP_PASSED=$((STEP_PASSED + 1))
        STEP_LINES="$STEP_LINES$(printf '  %-9s %4ds  %s' passed "$took" "$name")"$'\n'
        printf -- '-- passed: %s (%d s)\n' "$name" "$took"
        return 0
    fi
    STEP_FAILED=$((STEP_FAILED + 1))
    STEP_LINES="$STEP_LINES$(printf '  %-9s %4ds  %s' FAILED "$took" "$name")"$'\n'
    printf -- '-- FAILED with status %d: %s (%d s)\n' "$status" "$name" "$took"
}

# skip_step NAME WHY notes a step that can't run here; it counts neither as passed nor as failed.
skip_step() {
    STEP_LINES="$STEP_LINES$(printf '  %-9s %5s  %s: %s' skipped '' "$1" "$2")"$'\n'
    printf '\n== %s\n-- skipped: %s\n' "$1" "$2"
}

# steps_end prints the summary and ends with status 1 when a step failed.
steps_end() {
    printf '\n== summary (%d s)\n%s%d passed, %d failed\n' "$((SECONDS - STEPS_BEGAN))" "$STEP_LINES" "$STEP_PASSED" "$STEP_FAILED"
    [ "$STEP_FAILED" -eq 0 ] || exit 1
    exit 0
}

# has_script NAME succeeds when frontend/package.json has the script NAME.
has_script() {
    node -e 'process.exit(require(process.argv[1]).scripts[process.argv[2]] ? 0 : 1)' "$ROOT/frontend/package.json" "$1"
}

# fuzz_targets prints "PACKAGE TARGET" for every fuzz target, one a line.
fuzz_targets() {
    (
        cd "$ROOT"
        find . -name '*_test.go' -not -path '*/node_modules/*' -exec grep -HEo '^func Fuzz[A-Za-z0-9_]*' {} + || true
    ) | LC_ALL=C sort -u | while IFS=: read -r file words; do printf '%s %s\n' "$(dirname "$file")" "${words#func }"; done
}

# fuzz_all SECONDS shares the seconds among all targets, at least two for each; what the compiler takes comes on top, once
# a package. A target that ends with nothing but "context deadline exceeded" has run out of its time while minimizing,
# which isn't a finding.
fuzz_all() {
    local budget=$1 count share package target work built=
    count=$(fuzz_targets | wc -l)
    [ "$count" -gt 0 ] || { echo "there are no fuzz targets" && return 1; }
    share=$((budget / count))
    [ "$share" -ge 2 ] || share=2
    echo "$count targets, $share s each"
    work=$(mktemp -d "${TMPDIR:-/tmp}/sting-fuzz.XXXXXX")
    # shellcheck disable=SC2064 # the name as it is now
    trap "rm -rf '$work'" EXIT
    fuzz_targets | while read -r package target; do
        cd "$ROOT"
        if [ "$built" != "$package" ]; then
            go test -c -vet off -fuzz Fuzz -o "$work/fuzz.test" "$package" </dev/null
            built=$package
        fi
        cd "$package"
        if "$work/fuzz.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "${share}s" \
            -test.fuzzcachedir "$CACHE/fuzz/$package" >"$work/log" 2>&1 </dev/null; then
            printf '%s %s: %s\n' "$package" "$target" "$(grep -o 'execs: [0-9]*' "$work/log" | tail -n 1)"
        elif grep -q 'context deadline exceeded' "$work/log" && ! grep -q 'Failing input written' "$work/log"; then
            printf '%s %s: ended by its deadline\n' "$package" "$target"
        else
            cut -c 1-400 "$work/log"
            exit 1
        fi
    done
}
