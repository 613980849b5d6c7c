# shellcheck shell=bash
# System packages: what this project needs of the machine, how to see that it is there, and how to get it.
#
# A need is met when its probe succeeds, however it came onto the machine. So nothing is installed, and nobody needs to
# be root, where everything is there already; and the same table serves systems whose package manager isn't apt.

# One need a line: name | probe | apt | dnf | pacman | zypper | apk. Probes: cmd:NAME, file:PATH, pc:PKG-CONFIG-MODULE.
NEEDS='
gcc        | cmd:gcc                 | gcc                  | gcc                    | gcc          | gcc                  | gcc
libc       | file:/usr/include/stdlib.h | libc6-dev         | glibc-devel            | glibc        | glibc-devel          | musl-dev
pkg-config | cmd:pkg-config          | pkg-config           | pkgconf-pkg-config     | pkgconf      | pkg-config           | pkgconf
gtk        | pc:gtk+-3.0             | libgtk-3-dev         | gtk3-devel             | gtk3         | gtk3-devel           | gtk+3.0-dev
webkit     | pc:webkit2gtk-4.1       | libwebkit2gtk-4.1-dev | webkit2gtk4.1-devel   | webkit2gtk-4.1 | webkit2gtk3-devel  | webkit2gtk-4.1-dev
certutil   | cmd:certutil            | libnss3-tools        | nss-tools              | nss          | mozilla-nss-tools    | nss-tools
xdg-open   | cmd:xdg-open            | xdg-utils            | xdg-utils              | xdg-utils    | xdg-utils            | xdg-utils
chromium   | chromium                | chromium             | chromium               | chromium     | chromium             | chromium
firefox    | cmd:firefox-esr         | firefox-esr          | firefox                | firefox      | MozillaFirefox       | firefox-esr
xvfb       | cmd:Xvfb                | xvfb                 | xorg-x11-server-Xvfb   | xorg-server-xvfb | xorg-x11-server-Xvfb | xvfb
xauth      | cmd:xauth               | xauth                | xorg-x11-xauth         | xorg-xauth   | xauth                | xauth
xdotool    | cmd:xdotool             | xdotool              | xdotool                | xdotool      | xdotool              | xdotool
openbox    | cmd:openbox             | openbox              | openbox                | openbox      | openbox              | openbox
wmctrl     | cmd:wmctrl              | wmctrl               | wmctrl                 | wmctrl       | wmctrl               | wmctrl
xwininfo   | cmd:xwininfo            | x11-utils            | xorg-x11-utils         | xorg-xwininfo | xwininfo            | xwininfo
import     | cmd:import              | imagemagick          | ImageMagick            | imagemagick  | ImageMagick          | imagemagick
dbus       | cmd:dbus-run-session    | dbus                 | dbus-daemon            | dbus         | dbus-1               | dbus
dbus-x11   | cmd:dbus-launch         | dbus-x11             | dbus-x11               | dbus         | dbus-1-x11           | dbus-x11
fonts      | font:DejaVuSans.ttf     | fonts-dejavu-core    | dejavu-sans-fonts      | ttf-dejavu   | dejavu-fonts         | font-dejavu
openssl    | cmd:openssl             | openssl              | openssl                | openssl      | openssl              | openssl
'

WINDOW_NEEDS='gcc libc pkg-config gtk webkit'
EXTRA_NEEDS='certutil xdg-open'
# shellcheck disable=SC2034 # for build/test
TEST_NEEDS="$WINDOW_NEEDS $EXTRA_NEEDS chromium xvfb xauth xdotool openbox wmctrl xwininfo import dbus dbus-x11 fonts openssl"

# trim TEXT prints TEXT without the blanks around it.
trim() {
    local text=$1
    text=${text#"${text%%[![:space:]]*}"}
    printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# need_column NAME N prints column N (from 1) of the need called NAME.
need_column() {
    local line cells
    while IFS= read -r line; do
        [ "$(trim "${line%%|*}")" = "$1" ] || continue
        IFS='|' read -r -a cells <<<"$line"
        trim "${cells[$2 - 1]}"
        return 0
    done <<<"$NEEDS"
    die "build/packages.sh has no need called $1"
}

# package_manager prints apt, dnf, pacman, zypper, apk, or none.
package_manager() {
    local pair
    for pair in apt-get:apt dnf:dnf pacman:pacman zypper:zypper apk:apk; do
        if command -v "${pair%%:*}" >/dev/null 2>&1; then
            printf '%s\n' "${pair##*:}"
            return 0
        fi
    done
    printf 'none\n'
}

# chromium_path prints the browser that the tests drive: STING_CHROMIUM, or one found in PATH. Status 1 without one.
chromium_path() {
    local name
    if [ -n "${STING_CHROMIUM:-}" ]; then
        printf '%s\n' "$STING_CHROMIUM"
        return 0
    fi
    for name in chromium chromium-browser google-chrome-stable google-chrome; do
        command -v "$name" && return 0
    done
    return 1
}

# need_is_met NAME succeeds when the probe of NAME does.
need_is_met() {
    local probe
    probe=$(need_column "$1" 2)
    case $probe in
        cmd:*) command -v "${probe#cmd:}" >/dev/null 2>&1 ;;
        file:*) [ -e "${probe#file:}" ] ;;
        pc:*) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "${probe#pc:}" 2>/dev/null ;;
        font:*) [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name "${probe#font:}" -print -quit 2>/dev/null)" ] ;;
        chromium) chromium_path >/dev/null ;;
        *) die "build/packages.sh: $1 has the unknown probe $probe" ;;
    esac
}

# unmet NAME... prints the names whose needs are not met, on one line.
unmet() {
    local name out=
    for name in "$@"; do
        need_is_met "$name" || out="$out $name"
    done
    trim "$out"
}

# packages_for MANAGER NAME... prints the packages that meet the needs, each once.
packages_for() {
    local manager=$1 column name package out=' '
    shift
    case $manager in
        apt) column=3 ;; dnf) column=4 ;; pacman) column=5 ;; zypper) column=6 ;; apk) column=7 ;;
    esac
    for name in "$@"; do
        package=$(need_column "$name" "$column")
        case $out in *" $package "*) continue ;; esac
        out="$out$package "
    done
    trim "$out"
}

# install_command MANAGER PACKAGE... prints the command that root would run.
install_command() {
    local manager=$1
    shift
    case $manager in
        apt) printf 'apt-get update && apt-get install -y --no-install-recommends %s' "$*" ;;
        dnf) printf 'dnf install -y %s' "$*" ;;
        pacman) printf 'pacman -S --needed --noconfirm %s' "$*" ;;
        zypper) printf 'zypper --non-interactive install %s' "$*" ;;
        apk) printf 'apk add %s' "$*" ;;
    esac
}

# as_root_prefix prints what makes a command root's: nothing for root itself, "sudo" where a person can answer it,
# "sudo -n" where nobody can but no password is wanted. Status 1 where there is no such way.
as_root_prefix() {
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null 2>&1 || return 1
    if sudo -n true 2>/dev/null; then
        printf 'sudo -n'
    elif [ "${1:-ask}" = ask ] && [ -t 0 ] && [ -t 2 ]; then
        printf 'sudo'
    else
        return 1
    fi
}

# command_for_person COMMAND prints the command as somebody who isn't root would type it.
command_for_person() {
    if [ "$(id -u)" -eq 0 ]; then
        printf '%s' "$1"
    elif command -v sudo >/dev/null 2>&1; then
        printf "sudo sh -c '%s'" "$1"
    else
        printf "su -c '%s'" "$1"
    fi
}

# apt_install PREFIX PACKAGE... refreshes the lists and installs; what apt says goes to build/cache/apt.log, and its end
# is shown when it fails. A list that can't be refreshed is no reason to stop: what is known already may be enough.
apt_install() {
    local prefix=$1 log=$CACHE/apt.log
    shift
    say "that takes a minute or two; what apt says goes to build/cache/apt.log"
    # shellcheck disable=SC2086 # the prefix is two words or none
    $prefix apt-get update -q </dev/null >"$log" 2>&1 || say "some package lists could not be refreshed; going on with what is known"
    # shellcheck disable=SC2086
    if ! $prefix env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" </dev/null >>"$log" 2>&1; then
        tail -n 15 "$log" >&2
        return 1
    fi
}

# on_ubuntu_without_chromium NAMES succeeds where the tests would get Ubuntu's snap of Chromium, which can't read a
# test's own home folder.
on_ubuntu_without_chromium() {
    case " $1 " in *' chromium '*) ;; *) return 1 ;; esac
    grep -qs '^ID=ubuntu$' /etc/os-release
}

# require_system NAME... makes sure that every need is met: installs what is missing with apt, or says what to install.
require_system() {
    local missing manager packages prefix command
    missing=$(unmet "$@")
    [ -n "$missing" ] || return 0
    if on_ubuntu_without_chromium "$missing"; then
        die "the tests need a Chromium that is not a snap, and Ubuntu has no package of one" \
            "install Google Chrome or any other build of Chromium, then name it: STING_CHROMIUM=/path/to/chromium $0"
    fi
    manager=$(package_manager)
    if [ "$manager" = none ]; then
        die "missing: $missing" "install them with your system's package manager, then run this again"
    fi
    # shellcheck disable=SC2086 # lists of words
    packages=$(packages_for "$manager" $missing)
    # shellcheck disable=SC2086
    command=$(install_command "$manager" $packages)
    if [ "$manager" != apt ]; then
        die "missing system packages: $packages" "install them, then run this again: $(command_for_person "$command")"
    fi
    if ! prefix=$(as_root_prefix); then
        die "missing system packages: $packages" "install them, then run this again: $(command_for_person "$command")"
    fi
    say "installs these system packages with apt: $packages"
    # shellcheck disable=SC2086
    apt_install "$prefix" $packages ||
        die "apt could not install: $packages" "what it said stands above; mend that, then run this again"
    missing=$(unmet "$@")
    [ -z "$missing" ] || die "still missing after the installation: $missing" "apt says what it knows of them: apt-cache policy $packages"
}

# offer_system NAME... installs what is useful but not needed, where that takes no password; otherwise, and where it
# fails, it says so and goes on. It tries once for a set of packages, so that later starts need no network.
offer_system() {
    local missing manager packages prefix command
    missing=$(unmet "$@")
    [ -n "$missing" ] || return 0
    manager=$(package_manager)
    if [ "$manager" = none ]; then
        say "not found, and useful: $missing"
        return 0
    fi
    # shellcheck disable=SC2086
    packages=$(packages_for "$manager" $missing)
    # shellcheck disable=SC2086
    command=$(command_for_person "$(install_command "$manager" $packages)")
    if [ "$manager" = apt ] && ! stamp_is extras "$packages" && prefix=$(as_root_prefix never-ask); then
        stamp_set extras "$packages"
        say "installs these useful system packages with apt: $packages"
        # shellcheck disable=SC2086
        if apt_install "$prefix" $packages; then return 0; fi
    fi
    say "goes on without $packages (\"sting trust\" needs certutil, opening the browser needs xdg-open): $command"
}
