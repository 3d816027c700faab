# shellcheck shell=bash
# The Swift toolchain. To be sourced, after messages.sh.

# The oldest toolchain that reads Package.swift.
readonly oldest_swift=6.2

# find_swift: that there is a `swift` at all. It may not run before its libraries are installed.
find_swift() {
    command -v swift >/dev/null ||
        fail "there is no swift on the PATH. burnd needs Swift $oldest_swift or newer:" \
            "get the toolchain for Debian 12 from https://www.swift.org/install/linux/ and add its usr/bin to PATH."
}

# check_swift: that `swift` runs and is new enough.
check_swift() {
    local printed version
    printed=$(swift --version 2>&1) || fail "$(command -v swift) does not run:" "$printed"
    version=$(sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' <<<"$printed" | head -n 1)
    [[ -n $version ]] || fail "$(command -v swift) does not say its version:" "$printed"
    # sort -V puts the older first; equal is new enough.
    [[ $(printf '%s\n' "$oldest_swift" "$version" | sort -V | head -n 1) == "$oldest_swift" ]] ||
        fail "$(command -v swift) is Swift $version. burnd needs Swift $oldest_swift or newer:" \
            "get the toolchain for Debian 12 from https://www.swift.org/install/linux/ and put it first on PATH."
}
