# The workload burst, as a user meets it.
. "$SOURCE_DIR/tests/lib/check.sh"

burst() { run "$BENCH_DIR/burst" --backend vyukov_mpmc --items 1000 --trials 1 "$@"; }

burst --producers 2 --consumers 2 --burst 100
rc_is 0
out_has 'bursts +10 bursts'
out_has 'fill +[0-9.e+]+ ns/op'
out_has 'drain +[0-9.e+]+ ns/op'
burst --burst 100 --csv b.csv
rc_is 0
check "the setting is in params" [ "$(column b.csv params)" = burst=100 ]

burst --burst 5000 --capacity 16 --wait park
rc_is 0
out_has 'burst +16 items'

burst --pass latency
rc_is 0
out_has 'samples 1000'

run "$BENCH_DIR/burst" --backend mutex_cond --wait block --items 100
rc_is 77
out_has 'wait=block'
for bad in '--burst -1' '--burst x' '--burst 99999999' '--payload 16' '--rate 1000' '--batch x'; do
	# shellcheck disable=SC2086
	burst $bad
	rc_is 2
	err_has "${bad%% *}"
done
finish
