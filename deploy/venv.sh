#!/bin/sh
# Create .venv/ and install the pinned packages; returns at once if that is already done.
#   sh deploy/venv.sh runtime   what the server needs (requirements.txt)
#   sh deploy/venv.sh native    and what compiles the redactor (requirements-native.txt)
#   sh deploy/venv.sh dev       and what the tests need (requirements-dev.txt)
# PYTHON=/path/to/python picks the interpreter of a new environment.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

set_of_packages=${1:-runtime}
case $set_of_packages in
    runtime) requirements=requirements.txt ;;
    native | dev) requirements=requirements-$set_of_packages.txt ;;
    *) echo "usage: deploy/venv.sh runtime|native|dev" >&2 && exit 64 ;;
esac

# A stamp records the installed requirements: a changed file has another checksum and is installed again.
runtime_stamp=.venv/.runtime-$(cat constraints.txt requirements.txt | cksum | tr ' ' '-')
native_stamp=.venv/.native-$(cat constraints.txt requirements.txt requirements-native.txt | cksum | tr ' ' '-')
dev_stamp=.venv/.dev-$(cat constraints.txt requirements.txt requirements-native.txt requirements-dev.txt | cksum | tr ' ' '-')
eval "stamp=\$${set_of_packages}_stamp"

marker=.venv/.made-by-flywheel
new_enough='import sys; raise SystemExit(sys.version_info < (3, 11))'
log=${TMPDIR:-/tmp}/flywheel-install-$$.log
trap 'rm -f "$log.status"' EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" >&2; }

step() { # what is being done now, on one line that the next one overwrites; nothing where nobody watches
    if [ -t 2 ]; then printf '\r\033[K  %.70s' "$*" >&2; fi
}

works() { "$1" -c "$new_enough" 2>/dev/null; }

find_python() {
    for python in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
        if [ -n "$python" ] && works "$python"; then return; fi
    done
    say "Flywheel needs Python 3.11 or newer, and found none (python3 is $(python3 --version 2>&1 || true))."
    say "Install one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python),"
    say "or name it: make demo PYTHON=/path/to/python3.12"
    exit 1
}

made_here() { # only what this script made may go: its own mark, or the stamp that it left before there was a mark
    for mark in "$marker" .venv/.runtime-* .venv/.native-* .venv/.dev-*; do
        if [ -e "$mark" ]; then return 0; fi
    done
    return 1
}

add_pip() { # to an environment that somebody else made, uv for one: it is theirs, and stays
    say "Adding pip to the .venv/ that is there."
    if .venv/bin/python -m ensurepip >"$log" 2>&1; then return; fi
    if find_python && "$python" -m pip --python .venv/bin/python install --quiet pip >>"$log" 2>&1; then return; fi
    say "There is a .venv/ without pip, and pip cannot be added to it. Install into it what Flywheel needs,"
    say "  uv pip install --python .venv/bin/python pip       (or: python3 -m pip --python .venv/bin/python install pip)"
    say "or move it away: then one is made. What was tried is in $log"
    exit 1
}

make_environment() {
    find_python
    if { [ -e .venv ] || [ -L .venv ]; } && ! made_here; then
        say "There is a .venv that was not made by deploy/venv.sh and holds no Python 3.11 or newer that runs."
        say "It is left as it is: move or remove it, and try again."
        exit 1
    fi
    say "Making .venv/ with $("$python" --version 2>&1)."
    rm -rf .venv
    if "$python" -m venv .venv >"$log" 2>&1; then : >"$marker" && return; fi
    rm -rf .venv # Debian keeps ensurepip in a package of its own; what is there may do
    if "$python" -m virtualenv --quiet .venv >>"$log" 2>&1; then : >"$marker" && return; fi
    rm -rf .venv
    if "$python" -m venv --without-pip .venv >>"$log" 2>&1 &&
        "$python" -m pip --python .venv/bin/python install --quiet pip >>"$log" 2>&1; then : >"$marker" && return; fi
    rm -rf .venv
    say "This Python cannot make a virtual environment. Debian and Ubuntu keep that apart:"
    say "  apt-get install $("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
    say "elsewhere:  $python -m pip install --user virtualenv"
    say "What was tried is in $log"
    exit 1
}

progress() { # pip's lines on standard input
    found=0
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        case $line in
            "Collecting "*)
                found=$((found + 1))
                package=${line#Collecting }
                step "$found packages found: ${package%% *}"
                ;;
            "Building wheel"*) step "building: ${line#*for }" ;;
            "Installing collected"*) step "putting $found packages in place" ;;
        esac
    done
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

install() {
    say "Installing the packages of $requirements into .venv/ (once; a minute or so)."
    : >"$log"
    {
        code=0
        .venv/bin/python -m pip --disable-pip-version-check --no-input install -r "$requirements" || code=$?
        echo "$code" >"$log.status"
    } 2>&1 | progress
    if [ "$(cat "$log.status")" = 0 ]; then return; fi
    say "The packages could not be installed. pip's last words:"
    grep -E '^ *ERROR' "$log" | tail -n 4 >&2 || tail -n 4 "$log" >&2
    if grep -qE 'Retrying|NewConnectionError|NameResolutionError|No matching distribution' "$log"; then
        say "Is there a network? The first run needs one, later ones do not. For a machine without one:"
        say "  pip download -r $requirements -d wheels     (on a machine with a network, same Python)"
        say "  PIP_NO_INDEX=1 PIP_FIND_LINKS=wheels make demo"
    fi
    say "All of it is in $log"
    exit 1
}

if [ -e "$stamp" ] && works .venv/bin/python; then exit 0; fi
if ! works .venv/bin/python; then
    make_environment
elif ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    add_pip
fi
install
rm -f .venv/.runtime-* .venv/.native-* .venv/.dev-*
: >"$runtime_stamp"
if [ "$set_of_packages" != runtime ]; then : >"$native_stamp"; fi
if [ "$set_of_packages" = dev ]; then : >"$dev_stamp"; fi
rm -f "$log"
