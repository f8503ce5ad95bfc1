# report.sh - the charts of `lfbench report` in a build folder, where Node.js and npm are; without them it says so and goes on: the report
# then has its tables only. Sourced, with packages.sh.

# Node.js and npm are not installed for this: on Debian 12 they are some four hundred packages.
report_build() {
	sh scripts/report/build "$1" >report-build.log 2>&1 || {
		tail -n 3 report-build.log >&2
		say "going on without charts"
	}
	rm -f report-build.log
}

# With what the tests in a browser need: they are skipped, with a reason, where it cannot be had.
report_build_for_tests() {
	if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
		packages_ensure chromium
	fi
	LFBENCH_NPM_OPTIONS=--include=dev report_build "$1"
}
