# objects.sh - what the scripts of the gate's proof share: the builds to compare, and where they are. Sourced; the caller has set script_name.
. scripts/lib/packages.sh
. scripts/lib/build.sh

proof_percents='0.5 1 2 3 5 10' # folders slow-P: what was aimed at; the true sizes are measured
proof_layouts='1 2 3 4 5 6 7 8'

# Sets $build and $objects, and builds unless LFBENCH_BUILD_DIR says where everything is.
proof_objects() {
	build=${LFBENCH_BUILD_DIR:-build}
	objects=$build/bench/proof/objects
	if [ -z "${LFBENCH_BUILD_DIR:-}" ]; then
		# shellcheck disable=SC2086,SC2154 # a list, of packages.sh
		packages_ensure $packages_build
		build_release
		say "building what is compared"
		cmake --build "$build" --target gate_proof >/dev/null
	fi
	# shellcheck disable=SC2034 # of the caller
	backends=$(cd "$objects/base" && ls | sed 's/\.so$//')
}
