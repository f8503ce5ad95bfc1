# worker_pool: tasks, futures, failures, cancelling, nested tasks, threads instead of a pool; latencies and figures.
. "$SOURCE_DIR/tests/lib/check.sh"

pool=$BENCH_DIR/worker_pool
detail() { awk -F, -v metric="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["metric"] == metric { sum += $at["value"] } END { print sum + 0 }' own.detail.csv; }
few="--items 300 --audit-items 100 --trials 1"

run "$pool" --backend vyukov_mpmc --producers 2 --workers 2 --fail-every 10 $few --csv -
rc_is 0
check "ok" [ "$(column "$out" status)" = ok ]
check "a push and a pop for each task" [ "$(column "$out" ops)" = 600 ]
check "the setting is in the row" [ "$(column "$out" params)" = fail-every=10 ]

for wait in spin yield backoff park block; do
	run "$pool" --backend mutex_cond --workers 1 --wait $wait --nested 2 --capacity 1 $few --csv -
	rc_is 0
	check "wait $wait" [ "$(column "$out" status)" = ok ]
done

# figures and latencies, by the command
run "$LFBENCH" run --workload worker_pool --backend mutex_ring --workers 2 --nested 2 --fail-every 7 --work-pop 2us --work-dist bimodal \
	--pass latency --wait park $few --launches 1 --progress never -o own.csv
rc_is 0
check "there is a row" [ "$(column own.csv status)" = ok ]
check "tasks: of 300, 42 fail" [ "$(detail tasks_done) $(detail tasks_failed) $(detail tasks_cancelled)" = "258 42 0" ]
check "the workers have run them" [ "$(detail tasks)" = 300 ]
check "and two more for each that did not fail" [ "$(detail subtasks)" = 516 ]
check "a utilisation for each worker" [ "$(grep -c ',utilisation,' own.detail.csv)" -eq 2 ]
check "ops: with the sub-tasks that went through the queue" \
	[ "$(column own.csv ops)" -eq $((600 + 2 * (516 - $(detail subtasks_own)))) ]
roles=$(column own.hist.csv role | sort -u | tr '\n' ' ')
check "both histograms" [ "$roles" = "done start " ]
for role in done start; do
	check "$role: a sample for each task" [ "$(awk -F, -v role=$role '$0 ~ "," role "," { n += $NF } END { print n }' own.hist.csv)" = 300 ]
done

# cancelling: whatever was cancelled, all is accounted for
run "$LFBENCH" run --workload worker_pool --backend mutex_ring --shutdown cancel --work-pop 200us $few --launches 1 --pass throughput --progress never --force -o own.csv
rc_is 0
check "done or cancelled" [ $(($(detail tasks_done) + $(detail tasks_cancelled))) -eq 300 ]
check "what is done was run, nothing else" [ "$(detail tasks)" = "$(detail tasks_done)" ]

# a thread for each task, through any queue
run "$LFBENCH" run --workload worker_pool --backend mutex_ring --workers 1 --executor spawn,pool --items 100 --audit-items 20 --trials 1 --launches 1 \
	--pass throughput --progress never --force -o own.csv
rc_is 0
check "two cells" [ "$(column own.csv params | sort | tr '\n' ' ')" = " executor=spawn " ]
check "a hundred threads" [ "$(detail threads_spawned)" = 100 ]
check "whose ends are collected" [ "$(detail collected)" = 100 ]

# a task that takes longer than the time limit is not waited for
for executor in pool spawn; do
	run timeout 30 "$pool" --backend mutex_ring --work-pop 1s --timeout 0.3s --executor $executor --items 50 --trials 1 --csv -
	rc_is 4
	check "a timeout" [ "$(column "$out" status)" = timeout ]
	check "from which all came back" sh -c '! echo "$1" | grep -q "did not come back"' - "$(column "$out" reason)"
done

# what cannot be
run "$pool" --backend ck_ring_spsc --workers 1 --nested 1 $few --csv -
rc_is 77
check "says why" [ "$(column "$out" reason | grep -c 'nested tasks')" -eq 1 ]
run "$pool" --backend null $few --csv -
rc_is 77
for wrong in "--nested 65" "--nested -1" "--nested x" "--fail-every 0x" "--fail-every 99999999999" "--shutdown now" "--executor both" \
	"--work-dist odd" "--work-pop 2" "--work-pop 2h" "--workers 0" "--stages 3" "--rate 1000"; do
	# shellcheck disable=SC2086
	run "$pool" --backend mutex_ring $few $wrong --csv -
	rc_is 2
	check "$wrong: a message" [ -s "$err" -a ! -s "$out" ]
done
finish
