# shellcheck shell=bash
# What the scripts say to the person at the terminal. To be sourced.

# say TEXT…: a headline, set apart from what the programs print.
say() {
    if [[ -t 1 ]]; then printf '\033[1m==> %s\033[0m\n' "$*"; else printf '==> %s\n' "$*"; fi
}

# note TEXT…: a detail under a headline.
note() {
    printf '    %s\n' "$*"
}

# fail TEXT…: why it cannot go on, then the end. Further lines may follow as further arguments.
fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    [[ $# -eq 0 ]] || printf '    %s\n' "$@" >&2
    exit 1
}
