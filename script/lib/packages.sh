# shellcheck shell=bash
# The Debian packages that burnd needs, each with the reason, and their installation. To be sourced, after messages.sh.

# What `swift build` needs beside the toolchain itself: "package  reason" a line.
build_packages() {
    cat <<'LIST'
ca-certificates     SwiftPM fetches the Swift packages over HTTPS
git                 SwiftPM fetches the Swift packages with it
libncurses6         the swift command is linked with it
libcurl4            SwiftPM is linked with it
libxml2             SwiftPM and the linker are linked with it
binutils            its gold is the linker that swift calls
libc6-dev           headers and start files of the C library
libstdc++-12-dev    what the toolchain links with beside it (libgcc, libstdc++)
pkg-config          SwiftPM finds the C libraries with it
libmicrohttpd-dev   the HTTP server
libsqlite3-dev      jobs and their history, through GRDB
libssl-dev          SHA-256 of uploads, from libcrypto
libseccomp-dev      the decoder's cage
libsystemd-dev      keeping the machine awake during a burn, and being a systemd service
libudev-dev         finding drives, and following them
libavformat-dev     reading audio files (burnd-decode only)
libavcodec-dev      decoding audio (burnd-decode only)
libswresample-dev   resampling to 44.1 kHz (burnd-decode only)
libavutil-dev       what the three above share
LIST
}

# What script/demo calls to make an album, order it, and compare the disc.
demo_packages() {
    cat <<'LIST'
curl                orders the album
jq                  reads the replies
python3             follows the event stream, compares the samples
sox                 synthesises the album; decodes it again, independently of burnd
libsox-fmt-mp3      lets sox write the mp3 track
LIST
}

# What script/package calls beside what a build needs.
package_packages() {
    cat <<'LIST'
debhelper           puts programs, units and rules where they belong
dpkg-dev            finds the libraries that the programs need, and packs it all
LIST
}

# What script/test calls, beside all of the above.
test_packages() {
    cat <<'LIST'
python3-venv        a folder of its own for the OpenAPI checkers from PyPI
shellcheck          reads these scripts for mistakes
make                builds the preload shim that lets other burning programs use a virtual recorder
gcc                 the same
wodim               burns onto and reads from the virtual recorder, as a peer
cdrdao              the same
cdrskin             the same
libcdio-utils       the same (cd-info)
sg3-utils           the same (sg_inq, sg_raw)
icedax              reads audio from the virtual recorder, as a peer
cdparanoia          the same
ffmpeg              makes test audio in every format, and decodes it as a peer
lame                makes mp3 files with and without its header
flac                makes and decodes flac files
umockdev            shows burnd a machine with drives that come and go
chromium            shows the status page
dbus                a message bus of the tests' own
python3-dbusmock    plays logind on it
qemu-system-x86     runs a real kernel with recorders on USB
LIST
}

# What Tests/Installation calls, beside all of the above.
installation_packages() {
    cat <<'LIST'
debootstrap         makes clean Debian roots to install into
buildah             builds the image of the Dockerfile and runs it
iproute2            gives that a network of its own
lintian             knows what is wrong with a Debian package
LIST
}

# What script/bench calls beside what a build needs: the programs that burnd is compared with.
bench_packages() {
    cat <<'LIST'
make                builds the preload shim that lets other burning programs use a virtual recorder
gcc                 the same
wodim               burns the same discs
cdrdao              the same
cdrskin             the same
LIST
}

# missing_packages: of "package  reason" lines on standard input, those not installed.
missing_packages() {
    local package reason
    while read -r package reason; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
            printf '%-19s %s\n' "$package" "$reason"
    done
}

# install_packages LIST…: installs what is missing of the named lists (build, demo, package, test, installation). Root
# is asked for only when something is missing.
install_packages() {
    local list missing line names output as_root=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "This is no Debian: what burnd needs has to be there already. On Debian it would be:"
        for list in "$@"; do "${list}_packages"; done | sed 's/^/    /'
        return
    fi
    missing=$(for list in "$@"; do "${list}_packages"; done | missing_packages)
    [[ -n $missing ]] || return 0
    mapfile -t names < <(cut -d ' ' -f 1 <<<"$missing")

    say "Debian packages to be installed:"
    while read -r line; do note "$line"; done <<<"$missing"
    if [[ $(id -u) -ne 0 ]]; then
        command -v sudo >/dev/null ||
            fail "installing them needs root, and there is no sudo. As root, run:" \
                "apt-get update && apt-get install --no-install-recommends ${names[*]}"
        say "apt-get needs root: sudo may ask for your password."
        as_root=(sudo)
    fi
    note "This may take a minute or two."
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    output=$("${as_root[@]}" apt-get -q update 2>&1) ||
        fail "apt-get could not read the package lists:" "$output"
    output=$("${as_root[@]}" apt-get -q -y --no-install-recommends install "${names[@]}" 2>&1 </dev/null) ||
        fail "apt-get could not install them:" "$output"
}
