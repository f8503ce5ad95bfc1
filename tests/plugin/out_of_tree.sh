# A queue of one's own: install lfbench, build the example outside the tree against the installed
# package, by CMake and by one command with pkg-config, and run both.
[ -z "$SANITIZE" ] || { echo "nothing that a sanitizer could see: it is about installing and building"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"
prefix=$work/prefix

run cmake --install "$BUILD_DIR" --prefix "$prefix"
rc_is 0
lfbench=$prefix/bin/lfbench
run "$lfbench" list
rc_is 0
out_has mutex_ring
check "man page" [ -e "$prefix/share/man/man1/lfbench.1" ]
check "man page" [ -e "$prefix/share/man/man5/lfbench-csv.5" ]
check "completion" [ -e "$prefix/share/bash-completion/completions/lfbench" ]

# The charts come along, where they were built: the page has its script, and plot draws without a package beside it.
if [ -r "$BUILD_DIR/report/report.js" ]; then
	run env -u LFBENCH_REPORT_DIR "$lfbench" report "$SOURCE_DIR/results/reference.csv" -o page.html
	rc_is 0
	err_lacks 'charts are missing'
	check "the installed page has its script" grep -q 'id="lfbench-data"' page.html
	if command -v node >/dev/null; then
		run env -u LFBENCH_REPORT_DIR -u NODE_PATH "$lfbench" plot --chart pick "$SOURCE_DIR/results/reference.csv" -o pick.svg
		rc_is 0
		check "the installed copy draws" grep -q 'aria-label="mutex_ring: ' pick.svg
	fi
else
	echo "no charts: scripts/report/build $BUILD_DIR"
fi

cp -r "$SOURCE_DIR/examples/plugin" plugin
run cmake -G Ninja -S plugin -B plugin/build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release
rc_is 0
run cmake --build plugin/build
rc_is 0
object=$(find plugin/build -name my_queue.so)
run "$lfbench" run --backend "./$object,mutex_ring" --workload producer_consumer,pairs --producers 2 --items 5000 --launches 2 --progress never -o mine.csv
rc_is 0
check "its rows are ok" [ "$(grep -c ',my_queue,.*,ok,' mine.csv)" -eq 12 ]
run "$lfbench" list "./$object"
rc_is 0
out_has my_queue
if [ "$SANITIZE" != thread ]; then # which starts no threads in a forked process
	run "$lfbench" check "./$object" --schedules 20 --seed 1 --show-progress never
	rc_is 0
	out_has 'my_queue.so .* confirmed +20 .* an access'
fi

if command -v pkg-config >/dev/null; then
	libdir=$(dirname "$(find "$prefix" -name lfbench.pc)")
	# shellcheck disable=SC2046
	run ${CC:-cc} -std=c11 plugin/my_queue.c $(PKG_CONFIG_PATH="$libdir" pkg-config --define-variable=prefix="$prefix" --cflags --libs lfbench) -o by_hand.so
	rc_is 0
	run "$(find "$prefix" -path '*bench/pairs')" --backend ./by_hand.so --items 5000 --csv -
	rc_is 0
	check "ok" [ "$(column "$out" status | sort -u)" = ok ]
	if [ "$SANITIZE" != thread ]; then
		# shellcheck disable=SC2046
		run ${CC:-cc} -std=c11 -DLFB_SCHEDULING_FLAVOUR -include lfbench/scheduling.h -fsanitize=thread -c plugin/my_queue.c -fPIC -Wno-tsan \
			$(PKG_CONFIG_PATH="$libdir" pkg-config --define-variable=prefix="$prefix" --cflags lfbench) -o by_hand.o
		rc_is 0
		run ${CC:-cc} -shared by_hand.o -o by_hand.sched.so
		rc_is 0
		run "$lfbench" check ./by_hand.so --schedules 20 --seed 1 --show-progress never
		rc_is 0
		out_has 'by_hand.so .* confirmed +20 .* an access'
	fi
fi
finish
