# backend.sh NAME - one backend, verified under every workload, with tiny capacities, batches, blocking,
# more threads than CPUs, and both flavours of its nodes. Run in every build, so also under the
# sanitizers. The thread sanitizer does not see inline-assembly atomics nor what liburcu does:
# backends that use them are skipped there.
backend=$1
if [ "$SANITIZE" = thread ] && grep -Eq 'ck_|urcu|concurrentqueue' "$SOURCE_DIR"/src/backends/"$backend".c*; then
	echo "skipped: the thread sanitizer cannot follow $backend's atomics"
	exit 77
fi
. "$SOURCE_DIR/tests/lib/check.sh"

# Items are few where a sanitizer makes each one slow.
items=60000
[ -z "$SANITIZE" ] || items=6000

cell() { # WORKLOAD options: ok, or honestly unsupported
	workload=$1
	shift
	run "$BENCH_DIR/$workload" --backend "$backend" --items $items --audit-items $items --trials 2 --timeout 60s --csv - "$@"
	check "$workload $*: ok or unsupported" [ $rc -eq 0 -o $rc -eq 77 ]
	[ $rc -eq 0 ] && supported=$((supported + 1))
}

supported=0
for alloc in malloc pool; do
	for shape in "1 1" "2 1" "1 2" "2 2" "3 3"; do
		for capacity in 1 2 1000; do
			cell producer_consumer --producers ${shape% *} --consumers ${shape#* } --capacity $capacity --alloc $alloc
		done
	done
	cell producer_consumer --batch 7 --capacity 5 --alloc $alloc
	cell producer_consumer --batch 256 --producers 2 --consumers 2 --alloc $alloc
	cell producer_consumer --wait yield --producers 2 --consumers 2 --alloc $alloc
	cell producer_consumer --wait block --producers 2 --consumers 2 --capacity 2 --alloc $alloc
	for threads in 1 2 5; do
		cell pairs --threads $threads --capacity 2 --alloc $alloc
		cell pairs --threads $threads --wait block --capacity 1 --alloc $alloc
	done
	cell ping_pong --items 3000 --audit-items 1000 --alloc $alloc
	cell ping_pong --items 3000 --audit-items 1000 --wait block --alloc $alloc
done
check "at least the 1x1 cells are supported" [ $supported -ge 5 ]
finish
