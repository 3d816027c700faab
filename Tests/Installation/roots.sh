# shellcheck shell=bash
# Clean Debian roots to install into. To be sourced, after script/lib/messages.sh, at the top of the project.

# Where roots are made, and where the clean one is kept for the next time.
readonly roots=$PWD/.build-test/roots
readonly suite=bookworm

# need_root WHAT: the tests here make roots and namespaces, as only root can.
need_root() {
    [[ $(id -u) -eq 0 ]] || fail "$1 needs root: it makes a Debian root of its own and works in it by chroot"
    [[ -r /usr/share/debootstrap/scripts/$suite ]] || fail "$1 needs debootstrap, which script/test installs"
}

# mirror: where this machine gets Debian from.
mirror() {
    local site
    # shellcheck disable=SC2016  # apt-get reads it.
    site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $suite" 2>/dev/null | head -n 1) || true
    printf '%s' "${site:-http://deb.debian.org/debian}"
}

# clean_root FOLDER: a Debian as the installer leaves it at its smallest: nothing but the packages that Debian calls required,
# and apt.
clean_root() {
    local base=$roots/$suite
    if [[ ! -e $base.done ]]; then
        rm -rf "$base"
        mkdir -p "$base"
        debootstrap --variant=minbase "$suite" "$base" "$(mirror)" >"$base.log" 2>&1 || {
            tail -n 20 "$base.log" >&2
            fail "debootstrap made no root; above are the last lines of $base.log"
        }
        # The same packages as this machine has, security updates included.
        if [[ -e /etc/apt/sources.list.d/debian.sources ]]; then
            cp /etc/apt/sources.list.d/debian.sources "$base/etc/apt/sources.list.d/"
            rm -f "$base/etc/apt/sources.list"
        fi
        echo 'Acquire::Languages "none";' >"$base/etc/apt/apt.conf.d/99test"
        # A root of a test need not survive a loss of power.
        echo force-unsafe-io >"$base/etc/dpkg/dpkg.cfg.d/test"
        cp /etc/hosts "$base/etc/hosts"
        cp /etc/resolv.conf "$base/etc/resolv.conf"
        in_root "$base" apt-get -q update >>"$base.log"
        touch "$base.done"
    fi
    drop_root "$1"
    cp -a "$base" "$1"
}

# drop_root FOLDER: removes a root; nothing is mounted there, since mounts live in the namespace of in_root.
drop_root() {
    rm -rf --one-file-system "${1:?}"
}

# in_root FOLDER COMMAND…: runs a command there as root, with a process table of its own: what it leaves running ends with
# it. The variable `mounts` lists folders that are seen inside too, as FOLDER:PLACE.
mounts=()
in_root() {
    local root=$1
    shift
    # shellcheck disable=SC2016  # The words are for the shell inside.
    unshare --mount --pid --ipc --fork --kill-child bash -c '
        set -euo pipefail
        root=$1 count=$2
        shift 2
        mount -t proc proc "$root/proc"
        mount -t tmpfs -o mode=755 run "$root/run"
        mount --rbind /dev "$root/dev"
        for pair in "${@:1:count}"; do
            mkdir -p "$root${pair#*:}"
            mount --rbind "${pair%%:*}" "$root${pair#*:}"
        done
        shift "$count"
        exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
            LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive TERM=dumb "$@"
    ' in_root "$root" "${#mounts[@]}" "${mounts[@]}" "$@"
}

# installs ROOT PACKAGE…: by apt, without what is only recommended.
installs() {
    local root=$1 output
    shift
    output=$(in_root "$root" apt-get -q -y --no-install-recommends install "$@" 2>&1) ||
        fail "apt-get could not install $*:" "$output"
}
