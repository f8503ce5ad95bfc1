# spawn_join: a thread per task, or the queue to a worker.
. "$SOURCE_DIR/tests/lib/check.sh"

few="--items 101 --audit-items 51 --trials 1 --csv -"

for executor in pool spawn; do
	for wait in yield park block; do
		run "$BENCH_DIR/spawn_join" --backend mutex_cond --executor $executor --wait $wait --producers 2 --consumers 2 --capacity 1 $few
		rc_is 0
		check "$executor, $wait: verified" [ "$(column "$out" status)" = ok ]
		check "$executor, $wait: an operation is a task" [ "$(column "$out" ops)" = 101 ]
	done
	run "$BENCH_DIR/spawn_join" --backend mutex_ring --executor $executor --wait park --pass latency $few
	rc_is 0
	check "$executor: each task timed" [ "$(column "$out" lat_samples)" = 101 ]
done
out_has 'executor=spawn'

run "$LFBENCH" run --workload spawn_join --backend mutex_ring --wait park --producers 3 --consumers 2 --items 100 --audit-items 51 \
	--trials 1 --launches 1 --progress never -o s.csv
rc_is 0
check "each spawner's tasks" [ "$(grep -c ',spawner[0-2],task_mean,ns,' s.detail.csv)" = 3 ]

run "$BENCH_DIR/spawn_join" --backend mutex_ring --executor nobody $few
rc_is 2
err_has 'nobody'
run "$BENCH_DIR/producer_consumer" --backend mutex_ring --executor spawn $few
rc_is 2

finish
