# Pages of several files, of a gate's verdicts and of many shapes, in headless Chromium; skipped as report.sh says.
. "$SOURCE_DIR/tests/browser/report.sh"
