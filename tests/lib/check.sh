# check.sh - for test scripts: run a command, then say what has to hold. Sourced.
#
#   run COMMAND ...      sets $rc, and the files $out and $err
#   rc_is N              the exit status
#   out_has PATTERN      a line of standard output matches (grep -E)
#   err_has PATTERN
#   out_lacks PATTERN
#   check DESCRIPTION COMMAND ...   the command succeeds
#   column FILE NAME     the values of a CSV column (no quoted line breaks)
#
# The script ends with `finish`. Every check that fails is printed with what was seen.

set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/out err=$work/err rc=0 failures=0 checks=0 last=
cd "$work" || exit 1

run() {
	last="$*"
	"$@" >"$out" 2>"$err" </dev/null
	rc=$?
}

fail() {
	failures=$((failures + 1))
	printf 'FAILED: %s\n  after: %s\n  status: %s\n' "$1" "$last" "$rc"
	sed 's/^/  stdout: /' "$out" | head -n 15
	sed 's/^/  stderr: /' "$err" | head -n 15
}

check() {
	description=$1
	shift
	checks=$((checks + 1))
	"$@" || fail "$description"
}

rc_is() { check "exit status is $1" [ "$rc" -eq "$1" ]; }
out_has() { check "stdout has '$1'" grep -Eq -- "$1" "$out"; }
out_lacks() { check "stdout lacks '$1'" sh -c '! grep -Eq -- "$1" "$2"' - "$1" "$out"; }
err_has() { check "stderr has '$1'" grep -Eq -- "$1" "$err"; }
err_lacks() { check "stderr lacks '$1'" sh -c '! grep -Eq -- "$1" "$2"' - "$1" "$err"; }

# Values of column $2 of CSV file $1; handles quoted commas, not quoted line breaks.
column() {
	awk -v want="$2" '
		function split_csv(line, fields,   n, i, c, quoted, field) {
			n = 0; field = ""; quoted = 0
			for (i = 1; i <= length(line); i++) {
				c = substr(line, i, 1)
				if (c == "\"") quoted = !quoted
				else if (c == "," && !quoted) { fields[++n] = field; field = "" }
				else field = field c
			}
			fields[++n] = field
			return n
		}
		NR == 1 { n = split_csv($0, names); for (i = 1; i <= n; i++) if (names[i] == want) at = i; next }
		{ split_csv($0, values); print values[at] }' "$1"
}

# Pause until COMMAND succeeds, at most $1 seconds.
within() {
	limit=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$limit" ] || return 1
		sleep 0.05
	done
}

finish() {
	if [ "$failures" -gt 0 ]; then
		printf '%s of %s checks failed\n' "$failures" "$checks"
		exit 1
	fi
	[ "$checks" -gt 0 ] || { echo "no check was made"; exit 1; }
	printf '%s checks passed\n' "$checks"
	exit 0
}
