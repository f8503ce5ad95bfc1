# --shard I/N: the parts of a plan are disjoint, and together they are the plan.
export ASAN_OPTIONS=detect_leaks=0
. "$SOURCE_DIR/tests/lib/check.sh"
sweep="--backend mutex_ring,two_lock,null --workload producer_consumer,pairs --producers 1,2 --threads 1,2 --pass throughput,latency --items 500 --audit-items 100 --trials 1 --launches 1 --seed 3 --progress never --color never"

# shellcheck disable=SC2086
"$LFBENCH" run $sweep -o all.csv >/dev/null 2>&1
for n in 1 2 3; do
	# shellcheck disable=SC2086
	run "$LFBENCH" run $sweep --shard $n/3 -o part$n.csv
	rc_is 0
done
run "$LFBENCH" merge merged.csv part1.csv part2.csv part3.csv
rc_is 0
column all.csv cell_id | sort >all.ids
column merged.csv cell_id | sort >merged.ids
check "there are cells" [ "$(wc -l <all.ids)" -ge 15 ]
check "the shards have the cells of the whole, each once" cmp all.ids merged.ids
check "no shard has all" [ "$(wc -l <part1.csv)" -lt 14 ]

# shellcheck disable=SC2086
run "$LFBENCH" plan $sweep --shard 400/400
rc_is 2
err_has 'no cell'
for bad in 0/2 3/2 1/0 1 / x/y -1/2 1/99999999999999999999; do
	run "$LFBENCH" plan --shard "$bad"
	rc_is 2
	err_has 'shard'
done
finish
