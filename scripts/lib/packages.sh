# packages.sh - what lfbench needs, and how to get it. Sourced by scripts/bench and scripts/test.
#
# On Debian and Ubuntu missing packages are installed with apt-get, through sudo only
# if we are not root, and never asking. Elsewhere, or without the right to install, the
# packages are named and the script goes on with what is there: backends whose library is
# missing are not built, and `lfbench list` says which.

# Debian 12 names, which are Ubuntu 24.04's too (not tested there).
packages_build="gcc g++ cmake ninja-build pkg-config git ca-certificates
  libhwloc-dev libjansson-dev libcsv-dev liburcu-dev libck-dev libconcurrentqueue-dev"
packages_test="python3 libjemalloc2 libcmocka-dev binutils gawk mandoc hyperfine util-linux procps"

say() { printf '%s: %s\n' "${script_name:-lfbench}" "$*" >&2; }

# Those of the given packages that dpkg does not have.
packages_missing() {
	for package in "$@"; do
		case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
		*"ok installed") ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

# The command prefix that may install, or failure.
packages_as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		return 0
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
		printf 'sudo -n '
	else
		return 1
	fi
}

# Install what is missing of the given packages; says what it could not do, and goes on.
packages_ensure() {
	if ! command -v apt-get >/dev/null 2>&1; then
		say "this is no Debian or Ubuntu; make sure that these are installed, by the names they have here:"
		say "  $(echo "$@")"
		return 0
	fi
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	if ! as_root=$(packages_as_root); then
		say "not installed, and no right to install (neither root nor sudo without a password):"
		say "  apt-get install $missing"
		return 0
	fi
	say "installing $missing"
	# shellcheck disable=SC2086 # both are lists
	${as_root}env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
		${as_root}env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null ||
		say "apt-get failed; going on with what is there"
}
