# The report's page in headless Chromium, through playwright-core. Skipped, with the reason, where one of these is missing.
[ -z "$SANITIZE" ] || { echo "the program's part is in cli.report, and a browser sees no more of it under a sanitizer"; exit 77; }
skip() { echo "$1"; exit 77; }
command -v node >/dev/null || skip "Node.js is missing"
[ -r "$BUILD_DIR/report/report.js" ] || skip "the charts are not built: scripts/report/build $BUILD_DIR"
[ -d "$SOURCE_DIR/scripts/report/node_modules/playwright-core" ] || skip "playwright-core is missing: npm ci in scripts/report"
for name in chromium chromium-browser google-chrome; do
	[ -n "${CHROMIUM:-}" ] || CHROMIUM=$(command -v "$name")
done
[ -n "${CHROMIUM:-}" ] || skip "no Chromium: the Debian package chromium"
export CHROMIUM
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" && node "$SOURCE_DIR/tests/browser/$(basename "$0" .sh).mjs"
