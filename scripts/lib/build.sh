# build.sh - the release preset in build/, built quietly: what went wrong is shown, the rest is not. Sourced.
# The caller has set script_name and sourced packages.sh.
build_release() {
	[ -f build/build.ninja ] || cmake --preset release >build.log 2>&1 || {
		cat build.log >&2
		say "the build could not be set up; what is missing is named above"
		exit 2
	}
	say "building (what is up to date is not built again)"
	cmake --build --preset release >build.log 2>&1 || {
		tail -n 40 build.log >&2
		say "the build failed; all of its output is in build.log"
		exit 2
	}
	rm -f build.log
}
