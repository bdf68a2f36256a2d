#!/bin/sh
# Installs Softmax Studio for one user, over an older version if there is one, or removes it. Models, runs, data and
# settings lie elsewhere (~/.local/share/softmax-studio) and are never touched.
set -eu

name=softmax-studio

say() { printf '%s\n' "$*"; }

fail() {
    say "install.sh: $*" >&2
    exit 1
}

usage() {
    say "Usage: ./install.sh [--prefix FOLDER] [--uninstall]

Installs Softmax Studio into FOLDER, by default ~/.local: the program into lib/$name, its command into bin, and what
puts it into the menu into share. --uninstall removes it again; FOLDER/lib/$name/install.sh does that, too."
}

folder_of() { CDPATH='' cd -- "$1" && pwd -P; }

is_ours() { [ -L "$command" ] && [ "$(readlink -- "$command")" = "$program/$name" ]; }

refresh_menus() { # where the desktop keeps lists of what is installed
    [ ! -d "$1/applications" ] || ! command -v update-desktop-database >/dev/null || update-desktop-database -q "$1/applications"
    [ ! -d "$1/mime/packages" ] || ! command -v update-mime-database >/dev/null || update-mime-database "$1/mime"
    [ ! -d "$1/icons/hicolor" ] || touch "$1/icons/hicolor"
}

remove() { # all that an installation put anywhere, as its own list tells
    while IFS= read -r file; do
        rm -f -- "$file"
        rmdir -- "${file%/*}" 2>/dev/null || :
    done <"$program/$list"
    ! is_ours || rm -- "$command"
    rm -rf -- "$program"
}

prefix='' is_removing=false
while [ $# -gt 0 ]; do
    case $1 in
    --prefix)
        [ $# -ge 2 ] || fail "--prefix needs a folder; see ./install.sh --help."
        prefix=$2
        shift
        ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --uninstall) is_removing=true ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
    shift
done

# Where from, and where to.

list=installed-files share=''
source=$(folder_of "$(dirname -- "$0")")
if [ -z "$prefix" ] && [ -f "$source/$list" ]; then
    prefix=$source/../..
elif [ -z "$prefix" ]; then
    [ -n "${HOME:-}" ] || fail "your home folder is not known; give --prefix FOLDER."
    prefix=$HOME/.local share=${XDG_DATA_HOME:-}
fi
if $is_removing; then
    [ -f "$prefix/lib/$name/$list" ] || fail "Softmax Studio is not installed in $prefix; give its folder with --prefix."
else
    [ -x "$source/$name/$name" ] || fail "the folder $name is not beside this script; unpack the whole archive again."
    mkdir -p -- "$prefix/lib" "$prefix/bin" || fail "nothing was installed; choose a folder you may write with --prefix."
fi
prefix=$(folder_of "$prefix")
share=${share:-$prefix/share}
program=$prefix/lib/$name
command=$prefix/bin/$name
case $prefix$share in *[[:cntrl:]]*) fail "a folder with control characters in its name cannot be used." ;; esac

if [ -e "$program" ] && [ ! -f "$program/$list" ]; then
    fail "$program is there already and was not made by this script; move it away first."
fi
for running in /proc/[0-9]*/exe; do
    # shellcheck disable=SC3013 # dash, bash and busybox know -ef, and POSIX does since 2024
    ! [ "$running" -ef "$program/$name" ] || fail "Softmax Studio is running; close it first."
done

if $is_removing; then
    cd /
    share=$(sed -n "s:/applications/$name.desktop\$::p" "$program/$list")
    remove
    refresh_menus "$share"
    say "Softmax Studio is removed; your models, runs, data and settings are still there."
    exit 0
fi

# Everything is there, and starts, before the older version goes.

new=$prefix/lib/.$name.new
trap 'rm -rf -- "$new"' EXIT
trap 'exit 1' HUP INT TERM
say "Copying the program to $program ..."
rm -rf -- "$new"
mkdir -- "$new"
cp -R -P -- "$source/$name/." "$source/install.sh" "$new/" || fail "nothing was installed."
version=$("$new/$name" --version) || fail "the program does not start on this computer; nothing was installed."
files=$(cd -- "$source/share" && find . -type f | sed 's:^\./::')
say "$files" | while IFS= read -r file; do say "$share/$file"; done >"$new/$list"

trap '' HUP INT TERM
[ ! -e "$program" ] || remove
mv -- "$new" "$program"
say "$files" | while IFS= read -r file; do
    mkdir -p -- "$share/$(dirname -- "$file")"
    cp -- "$source/share/$file" "$share/$file"
done

# The menu wants the whole path, quoted for its line and then for the file.
path=$(say "$program/$name" | sed 's/[\\"`$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
entry=$share/applications/$name.desktop
{
    grep -v '^Exec=' "$source/share/applications/$name.desktop"
    say "Exec=\"$path\" %F"
} >"$entry"
refresh_menus "$share"

if is_ours || [ ! -e "$command" ] && [ ! -L "$command" ]; then
    ln -sf -- "$program/$name" "$command"
else
    say "$command belongs to another installation and was left as it is."
fi
say "$version is installed; it is in the menu, and its command is $command."
say "To remove it: $program/install.sh --uninstall"
