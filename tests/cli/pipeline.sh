# pipeline: stages in a line and in a diamond.
. "$SOURCE_DIR/tests/lib/check.sh"

few="--items 2001 --audit-items 501 --trials 1 --csv -"

for stages in 2 3 16; do
	run "$BENCH_DIR/pipeline" --backend mutex_ring --stages $stages --wait yield $few
	rc_is 0
	check "$stages stages: verified" [ "$(column "$out" status)" = ok ]
	check "$stages stages: a push and a pop between each two" [ "$(column "$out" ops)" = $((2001 * 2 * (stages - 1))) ]
done

for wait in yield park block; do
	run "$BENCH_DIR/pipeline" --backend mutex_cond --topology diamond --capacity 1 --wait $wait $few
	rc_is 0
	check "diamond, $wait: an item passes 2 queues of the 3" [ "$(column "$out" ops)" = 8004 ]
done

run "$LFBENCH" run --workload pipeline --backend mutex_cond --topology diamond --wait park --work-push 1us --work-pop 2us \
	--work-dist bimodal --items 501 --audit-items 101 --trials 1 --launches 1 --progress never -o d.csv
rc_is 0
for stage in source0,501 stage1,251 stage2,250 sink3,501; do
	check "items of $stage" grep -q ",${stage%,*},items,items,${stage#*,}\$" d.detail.csv
done
check "share of work" grep -q ',stage1,work_share,ratio,' d.detail.csv
check "both branches saw their last item" [ "$(grep -c ',stage[12],interval,ns/item,' d.detail.csv)" = 2 ]

run "$BENCH_DIR/pipeline" --backend mutex_ring --wait park --pass latency $few
rc_is 0
check "end to end latency" [ -n "$(column "$out" lat_min_ns)" ]

# one producer per queue is enough for a line, not for a diamond
run "$BENCH_DIR/pipeline" --backend ck_ring_spsc --wait yield $few
[ "$rc" -eq 2 ] || rc_is 0 # this build may lack it
if [ "$rc" -eq 0 ]; then
	run "$BENCH_DIR/pipeline" --backend ck_ring_spsc --topology diamond $few
	rc_is 77
fi

for stages in 1 17 0 x; do
	run "$BENCH_DIR/pipeline" --backend mutex_ring --stages $stages $few
	rc_is 2
done
run "$BENCH_DIR/pipeline" --backend mutex_ring --topology star $few
rc_is 2

finish
