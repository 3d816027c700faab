# shellcheck shell=bash
# Lending the toolchain of this machine, and the project, to a clean root. To be sourced, after roots.sh.

# The folder that holds the toolchain's bin, lib and so on.
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
readonly toolchain

# lend_toolchain ROOT: the toolchain is seen there, and what this machine has git ask instead of a server.
lend_toolchain() {
    local url folder
    mounts=("$toolchain:$toolchain")
    : >"$1/root/.gitconfig"
    while read -r url folder; do
        url=${url#url.} url=${url%.insteadof}
        git config --file "$1/root/.gitconfig" --add "url.$url.insteadOf" "$folder"
        [[ ! -d $url ]] || mounts+=("${url%/}:${url%/}")
    done < <(git config --get-regexp '^url\..*\.insteadof$' || true)
    # Repositories below belong to whoever made them.
    git config --file "$1/root/.gitconfig" --add safe.directory '*'
}

# copy_project FOLDER: all that belongs to the project and its optimised build, with the times that the build goes by.
copy_project() {
    mkdir -p "$1"
    git ls-files -z --cached --others --exclude-standard | xargs -0 cp -a --parents --target-directory "$1"
    [[ ! -d .build ]] || cp -a .build "$1/.build"
}
