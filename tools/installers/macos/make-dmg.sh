#!/bin/sh
# make-dmg.sh APP IMAGE: sign the app, put it into a disk image, and let Apple notarize it. On macOS.
#
# SIGNING_IDENTITY  a certificate in the keychain, "Developer ID Application: ..."; without one, the app is signed for
#                   no one: it runs, but macOS asks whoever downloads it to allow it in System Settings.
# NOTARY_PROFILE    what `xcrun notarytool store-credentials` was given as a name; without one, nothing is notarized.
set -eu

if [ $# != 2 ] || [ ! -d "$1/Contents/MacOS" ]; then
    echo "Usage: make-dmg.sh 'dist/Softmax Studio.app' dist/softmax-studio.dmg" >&2
    exit 2
fi
app=$1
image=$2
title=$(basename "$app" .app)
identity=${SIGNING_IDENTITY:--}
timestamp=--timestamp
[ "$identity" != - ] || timestamp=--timestamp=none

sign() { codesign --force --options runtime $timestamp --sign "$identity" "$@"; }

# From the inside out, for each signature covers what lies within.
find "$app/Contents" -type f \( -name '*.so' -o -name '*.dylib' \) | while IFS= read -r library; do
    sign "$library"
done
find "$app/Contents" -type d -name '*.framework' | while IFS= read -r framework; do
    sign "$framework"
done
sign --entitlements "$(dirname "$0")/entitlements.plist" "$app"
codesign --verify --deep --strict "$app"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ditto "$app" "$folder/$title.app"
ln -s /Applications "$folder/Applications"
hdiutil create -quiet -volname "$title" -srcfolder "$folder" -format ULMO -ov "$image"
[ "$identity" = - ] || codesign $timestamp --sign "$identity" "$image"

if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature "$image"
fi
