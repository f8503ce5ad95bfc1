# The column `allocator` says whose malloc served a node-based queue, preloaded or not.
. "$SOURCE_DIR/tests/lib/check.sh"
[ -z "$SANITIZE" ] || { echo "a sanitizer has a malloc of its own"; exit 77; }
[ -e "$BUILD_DIR/backends/two_lock.so" ] || { echo "two_lock was not built"; exit 77; }

cell="--backend two_lock --items 2000 --audit-items 500 --trials 1 --csv -"
allocator() { # LIBRARY: what a row says with it preloaded
	# shellcheck disable=SC2086
	last="LD_PRELOAD=$1 pairs"
	LD_PRELOAD=$1 "$BENCH_DIR/pairs" $cell >rows.csv 2>"$err" </dev/null
	rc=$?
	cp rows.csv "$out"
	rc_is 0
	said=$(column rows.csv allocator)
}
# The file of a library, installed or in the folder named by LFBENCH_TEST_LIBS.
library() {
	ls "${LFBENCH_TEST_LIBS:-/nowhere}/$1" 2>/dev/null || ldconfig -p 2>/dev/null | awk -v name="$1" '$1 == name { print $NF; exit }'
}

allocator ''
check "glibc's is glibc's: $said" [ "$said" = "glibc $(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" ]
allocator libnothing-of-that-name.so # the loader warns and goes on
check "a library that is not there: $said" [ "$said" = "glibc $(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" ]

found=0
for name in libjemalloc.so.2:jemalloc libmimalloc.so.2:mimalloc libtcmalloc_minimal.so.4:tcmalloc; do
	path=$(library "${name%:*}")
	[ -n "$path" ] || continue
	found=$((found + 1))
	allocator "$path"
	check "$path: $said" sh -c 'printf "%s\n" "$1" | grep -Eqx "$2 [0-9]+\.[0-9]+(\.[0-9]+)?"' - "$said" "${name#*:}"
	# lfbench run hands it on to the processes it starts
	LD_PRELOAD=$path run "$LFBENCH" run --workload pairs --backend two_lock --items 2000 --audit-items 500 --trials 1 --launches 1 --progress never -o "${name#*:}.csv"
	rc_is 0
	check "in a run as well" [ "$(column "${name#*:}.csv" allocator | sort -u)" = "$said" ]
	# what glibc has given out says nothing about a malloc that is not glibc's
	LD_PRELOAD=$path run "$BENCH_DIR/pairs" --backend two_lock --pass contention --items 2000 --audit-items 500 --trials 1 --csv contention.csv --force
	[ $rc -ne 0 ] || check "nothing retained is known" [ -z "$(column contention.csv retained_kb)" ]
done
if [ $found -eq 0 ]; then
	[ $failures -eq 0 ] || finish
	echo "none of the libraries is installed (Debian packages libjemalloc2, libmimalloc2.0)"
	exit 77
fi
finish
