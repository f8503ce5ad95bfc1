# backend.sh NAME - one backend, verified under every workload, with tiny capacities, batches, blocking,
# more threads than CPUs, both flavours of its nodes, and all three passes. Run in every build, so also under the
# sanitizers. The thread sanitizer does not see inline-assembly atomics nor what liburcu does:
# backends that use them are skipped there.
backend=$1
if [ "$SANITIZE" = thread ] && grep -Eq 'ck_|urcu|concurrentqueue' "$SOURCE_DIR"/src/backends/"$backend".c*; then
	echo "skipped: the thread sanitizer cannot follow $backend's atomics"
	exit 77
fi
. "$SOURCE_DIR/tests/lib/check.sh"

# Many items where they flow freely; few where a tiny capacity makes every one a context switch, and where
# threads may exceed CPUs: two producers of a CK ring that share a CPU can fall into step, each waiting in its push
# for the ticket of the other, and then every item costs a time slice (docs/backends.md).
many=50000
crowded=1000
counting=contention
waits='spin backoff park'
shapes='"1 1" "2 1" "1 2" "2 2" "3 3"'
crowds='1 2 5'
# A process takes a fifth of a second to start there: the shapes that show a sanitizer something new.
[ -z "$SANITIZE" ] || { many=5000 counting= waits=park shapes='"1 1" "2 2"' crowds=5; }

# The leak sanitizer takes as long as all the rest of a small cell: it looks at the cells with many items.
cell() { # WORKLOAD ITEMS options: ok, or honestly unsupported
	workload=$1
	items=$2
	shift 2
	ASAN_OPTIONS=detect_leaks=$((items == many)) run "$BENCH_DIR/$workload" --backend "$backend" --items "$items" --audit-items "$items" --trials 1 --timeout 30s --csv - "$@"
	check "$workload $*: ok or unsupported" [ $rc -eq 0 -o $rc -eq 77 ]
	[ $rc -eq 0 ] && supported=$((supported + 1))
}

# A cell that takes the same paths through the code as another, more or less often.
repeat() { [ -n "$SANITIZE" ] || cell "$@"; }

supported=0
for alloc in malloc pool; do
	# a ring has no pool flavour: nothing new to see
	[ $alloc = malloc ] || [ -e "$BUILD_DIR/backends/$backend.pool.so" ] || continue
	eval "set -- $shapes"
	for shape in "$@"; do
		repeat producer_consumer 300 --producers ${shape% *} --consumers ${shape#* } --capacity 1 --alloc $alloc
		cell producer_consumer 600 --producers ${shape% *} --consumers ${shape#* } --capacity 2 --alloc $alloc
		cell producer_consumer $crowded --producers ${shape% *} --consumers ${shape#* } --capacity 100 --alloc $alloc
	done
	cell producer_consumer $many --alloc $alloc
	cell producer_consumer 2000 --batch 7 --capacity 5 --alloc $alloc
	cell producer_consumer $many --batch 256 --alloc $alloc
	repeat producer_consumer $crowded --wait yield --producers 2 --consumers 2 --alloc $alloc
	for wait in $waits; do
		# each item is a time slice for who spins
		cell producer_consumer 50 --wait $wait --producers 2 --consumers 2 --capacity 2 --alloc $alloc
	done
	repeat producer_consumer 2000 --wait park --batch 7 --capacity 5 --alloc $alloc
	cell pairs 500 --wait park --threads 5 --capacity 2 --alloc $alloc
	repeat ping_pong 1000 --wait park --alloc $alloc
	cell producer_consumer 2000 --wait block --producers 2 --consumers 2 --capacity 2 --alloc $alloc
	for threads in $crowds; do
		repeat pairs $crowded --threads $threads --capacity 100 --alloc $alloc
		cell pairs 500 --threads $threads --capacity 2 --alloc $alloc
		cell pairs 500 --threads $threads --wait block --capacity 1 --alloc $alloc
	done
	repeat pairs $many --alloc $alloc
	# the loops that log, and whether the sample of what they do is one that the claims allow
	cell producer_consumer $crowded --check history --producers 2 --consumers 2 --capacity 2 --alloc $alloc
	repeat producer_consumer $many --check history --wait park --alloc $alloc
	cell pairs $crowded --check history --threads 2 --alloc $alloc
	repeat pairs 500 --check history --wait block --threads 5 --capacity 1 --alloc $alloc
	# the loops that read clocks, and those of the counting flavour, which sanitizer builds do not have
	for pass in latency $counting; do
		cell producer_consumer $many --pass $pass --alloc $alloc
		repeat producer_consumer $crowded --pass $pass --producers 2 --consumers 2 --capacity 100 --alloc $alloc
		cell producer_consumer 2000 --pass $pass --batch 7 --capacity 5 --alloc $alloc
		cell producer_consumer 2000 --pass $pass --wait block --capacity 2 --alloc $alloc
		cell pairs $crowded --pass $pass --threads 2 --alloc $alloc
		cell ping_pong 1000 --pass $pass --alloc $alloc
	done
	cell producer_consumer $crowded --rate 100k --producers 2 --consumers 2 --alloc $alloc
	cell producer_consumer $crowded --rate 100k --wait block --alloc $alloc
	cell ping_pong 2000 --alloc $alloc
	cell ping_pong 2000 --wait block --alloc $alloc
done
check "at least the 1x1 cells are supported" [ $supported -ge 5 ]
finish
