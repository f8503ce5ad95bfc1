# The page of 100,000 rows in a browser: opened within 2 s, filtered within 200 ms. $1 is not used. A benchmark: on a quiet machine.
SANITIZE=${SANITIZE:-}
[ -z "$SANITIZE" ] || exit 77
skip() { echo "$1"; exit 77; }
command -v node >/dev/null || skip "Node.js is missing"
[ -r "$BUILD_DIR/report/report.js" ] || skip "the charts are not built: scripts/report/build $BUILD_DIR"
[ -d "$SOURCE_DIR/scripts/report/node_modules/playwright-core" ] || skip "playwright-core is missing: npm ci in scripts/report"
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)} || skip "no Chromium: the Debian package chromium"
export CHROMIUM
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# The reference run at 44 capacities.
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next }
	/"/ { next } { lines[++n] = $0 }
	END { for (k = 0; k < 44; k++) for (j = 1; j <= n; j++) { $0 = lines[j]; $at["capacity"] = 2 ^ (k % 11) * (1 + int(k / 11) * 2) * 8 - 1; print } }' \
	"$SOURCE_DIR/results/reference.csv" | head -n 100001 >many.csv
node "$SOURCE_DIR/tests/perf/report.mjs"
