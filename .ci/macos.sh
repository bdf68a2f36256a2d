#!/bin/sh
# What `.ci/run` does on Debian, for a runner with macOS 12 or newer, Xcode's command line tools and Python 3.11 or
# newer. Any failure ends it with a non-zero code.
set -eu
cd "$(dirname "$0")/.."

stage() { printf '\n=== %s\n' "$1"; }

stage "install and test"
python3 -m venv .venv
.venv/bin/pip install -q -e '.[test]'
.venv/bin/python -m pytest -n 2 --dist loadfile

stage "freeze"
.venv/bin/python -m tools.freeze
app="dist/Softmax Studio.app"
program="$app/Contents/MacOS/softmax-studio"
version=$("$program" --version)
image="dist/softmax-studio-${version##* }-macos-$(uname -m).dmg"

stage "disk image"
tools/installers/macos/make-dmg.sh "$app" "$image"

stage "installed program, from the disk image, with nothing around it"
scratch=$(mktemp -d)
trap 'hdiutil detach -quiet "$scratch/image" || true; rm -rf "$scratch"' EXIT
mkdir "$scratch/image"
hdiutil attach -quiet -nobrowse -readonly -mountpoint "$scratch/image" "$image"
ditto "$scratch/image/Softmax Studio.app" "$scratch/Softmax Studio.app"
codesign --verify --deep --strict "$scratch/Softmax Studio.app"
env -i PATH=/nonexistent HOME="$scratch" "$scratch/Softmax Studio.app/Contents/MacOS/softmax-studio" self-check
echo "All checks passed: $image"
