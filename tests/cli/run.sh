# A sweep: cells, order, rows, companions, unsupported cells, the same order for the same seed.
. "$SOURCE_DIR/tests/lib/check.sh"
quick="--items 2000 --audit-items 1000 --trials 2 --launches 2 --progress never"

# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring,null --workload producer_consumer,pairs --producers 1,2 $quick --seed 5 -o a.csv
rc_is 0
check "2 backends x (2 shapes + pairs) x 2 launches x 2 trials" [ "$(tail -n +2 a.csv | wc -l)" -eq 24 ]
check "all ok" [ "$(column a.csv status | sort -u)" = ok ]
check "one run" [ "$(column a.csv run_id | sort -u | wc -l)" -eq 1 ]
check "six cells" [ "$(column a.csv cell_id | sort -u | wc -l)" -eq 6 ]
check "details" [ "$(grep -c ',duration,ns,' a.detail.csv)" -eq 56 ]
check "the machine" grep -q '"cpu_model"' a.env.json
check "the run" grep -q '"state": "done"' a.env.json
check "nothing partial" sh -c '! ls | grep -q partial'
out_has 'mutex_ring'

# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring,null --workload producer_consumer,pairs --producers 1,2 $quick --seed 5 -o b.csv
rc_is 0
order() { column "$1" cell_id | tr '\n' ' '; }
check "same seed, same order, same cell ids" [ "$(order a.csv)" = "$(order b.csv)" ]
# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring,null --workload producer_consumer,pairs --producers 1,2 $quick --seed 6 -o c.csv
check "another seed, another order" [ "$(order a.csv)" != "$(order c.csv)" ]

# an existing file is kept unless told otherwise
# shellcheck disable=SC2086
run "$LFBENCH" run --backend null --workload pairs $quick -o a.csv
rc_is 2
err_has 'a.csv'
check "the old rows are there" [ "$(tail -n +2 a.csv | wc -l)" -eq 24 ]
# shellcheck disable=SC2086
run "$LFBENCH" run --backend null --workload pairs $quick -o a.csv --force
rc_is 0
check "replaced" [ "$(tail -n +2 a.csv | wc -l)" -eq 4 ]

# rows on standard output
# shellcheck disable=SC2086
run "$LFBENCH" run --backend null --workload pairs $quick -o -
rc_is 0
check "header and 4 rows" [ "$(wc -l <"$out")" -eq 5 ]
check "no file is left" [ ! -e - ]

# what a backend cannot do is a row, not an error and not silence
# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring --workload pairs --wait spin,block $quick -o d.csv
rc_is 0
check "one unsupported row" [ "$(column d.csv status | grep -c unsupported)" -eq 1 ]
out_has 'unsupported'

# shards are disjoint and complete
for i in 1 2 3; do
	# shellcheck disable=SC2086
	run "$LFBENCH" run --backend mutex_ring,null --workload producer_consumer --producers 1,2 --consumers 1,2 $quick --shard $i/3 -o s$i.csv
	rc_is 0
done
check "8 cells over 3 shards" [ "$(for i in 1 2 3; do column s$i.csv cell_id; done | sort -u | wc -l)" -eq 8 ]

# plan and dry run: nothing is run
run "$LFBENCH" plan --backend mutex_ring --workload pairs --threads 1-3 --seed 9
rc_is 0
out_has '3 cells'
out_has 'seed 9'
run "$LFBENCH" run --backend mutex_ring --workload pairs --dry-run -o z.csv
rc_is 0
check "a dry run writes nothing" [ ! -e z.csv -a ! -e z.env.json ]

# an unbounded queue ignores the capacity: a sweep over it is one cell
run "$LFBENCH" plan --backend null --workload pairs --capacity 1,2,4
out_has '^1 cells'
finish
