# producer_consumer with work, payloads, prefill, join and other ways to stop, as a user meets them.
. "$SOURCE_DIR/tests/lib/check.sh"

cell() { run "$BENCH_DIR/producer_consumer" --backend vyukov_mpmc --producers 2 --consumers 2 --items 2000 --trials 1 "$@"; }

cell --payload 100 --by pointer --prefill 8 --join yes --stop sentinel
rc_is 0
out_has 'prefilled +8 items'
out_has 'sentinels +2 items'
out_has 'join_wait +[0-9.e+]+ ns'
out_has 'payload_memory +[0-9.e+]+ bytes'
cell --payload 100 --by pointer --prefill 8 --join yes --stop sentinel --csv t.csv
rc_is 0
check "columns of their own" [ "$(column t.csv payload_bytes),$(column t.csv payload_by)" = 100,pointer ]
check "the rest is in params" [ "$(column t.csv params)" = 'join=yes;prefill=8;stop=sentinel' ]
check "sentinels are operations, what was there before is pushed already" [ "$(column t.csv items),$(column t.csv ops)" = 2000,3996 ]

cell --work-push 200ns --work-pop 100ns --work-dist bimodal --burst 16 --csv w.csv
rc_is 0
check "work has columns" [ "$(column w.csv work_push_ns),$(column w.csv work_pop_ns),$(column w.csv work_dist)" = 200,100,bimodal ]

run "$BENCH_DIR/producer_consumer" --backend mutex_cond --wait block --stop time --duration 5ms --trials 1 --join yes
rc_is 0

# what cannot be
cell --prefill 5000
rc_is 77
out_has 'prefill=5000 is more than the capacity'
run "$BENCH_DIR/producer_consumer" --backend null --by pointer --items 100
rc_is 77
out_has 'reference'
for bad in '--payload 7' '--payload 65537' '--payload x' '--by name' '--prefill -1' '--burst 1e99' '--stop never' '--join maybe' \
	'--work-push 5' '--work-push -1ns' '--work-pop 2s' '--work-dist flat'; do
	# shellcheck disable=SC2086
	cell $bad
	rc_is 2
	err_has "${bad%% *}"
done

# a trial that takes too long ends as that, also in the join
cell --join yes --work-pop 1ms --timeout 100ms
rc_is 4
out_has 'timeout'
finish
