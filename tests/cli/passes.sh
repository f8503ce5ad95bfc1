# The three passes as a user meets them: which columns each fills, the companions, rates and loads, --precision,
# --quick, and that a resumed run has all of it.
[ -z "$SANITIZE" ] || { echo "it starts hundreds of processes; cli.run, one_cell and show_passes have the same code"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"
short="--items 20000 --audit-items 500 --timeout 60s --progress never --force"

# Rows of a CSV file in which column $2 is $3: the values of column $4, one per line.
where() { paste -d '\t' <(column "$1" "$2") <(column "$1" "$4") | awk -F '\t' -v want="$3" '$1 == want { print $2 }'; }
all_filled() { awk '$0 == "" { exit 1 } END { exit NR == 0 }'; }
none_filled() { awk '$0 != "" { exit 1 } END { exit NR == 0 }'; }

# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring,ck_ring_mpmc --producers 1 --consumers 1 --pass all --launches 2 $short -o all.csv
rc_is 0
for pass in throughput latency contention; do
	check "there are rows of pass $pass" [ "$(where all.csv pass $pass status | grep -c '^ok$')" -ge 4 ]
	where all.csv pass $pass ns_per_op | all_filled || fail "ns_per_op of $pass"
	where all.csv pass $pass ctx_voluntary | all_filled || fail "ctx_voluntary of $pass"
done
check "three trials of throughput per launch, one of the others" [ "$(column all.csv pass | grep -c throughput)" -eq 12 ]
for name in lat_p50_ns lat_p99_ns lat_max_ns lat_samples lat_mode; do
	where all.csv pass latency $name | all_filled || fail "$name is empty in a latency row"
	where all.csv pass throughput $name | none_filled || fail "$name is filled in a throughput row"
	where all.csv pass contention $name | none_filled || fail "$name is filled in a contention row"
done
flavour=counting
[ -z "$SANITIZE" ] || flavour=timing # those builds have no other
for name in rss_peak_kb depth_max; do
	[ $flavour = counting ] || [ $name != depth_max ] || continue
	where all.csv pass contention $name | all_filled || fail "$name is empty in a contention row"
	where all.csv pass throughput $name | none_filled || fail "$name is filled in a throughput row"
done
check "contention runs the counting flavour" [ "$(where all.csv pass contention flavour | sort -u)" = $flavour ]
check "the others the timing one" [ "$(where all.csv pass latency flavour | sort -u)" = timing ]
# mutex_ring's atomics are glibc's: not seen, so not 0; ck_ring's are counted, its consumer's compare-and-swaps too
contention() { paste -d '\t' <(column all.csv backend) <(column all.csv pass) <(column all.csv "$2") | awk -F '\t' -v b="$1" '$1 == b && $2 == "contention" { print $3 }'; }
if [ $flavour = counting ]; then
	contention mutex_ring rmw_ops | none_filled || fail "mutex_ring's atomics cannot be seen"
	contention mutex_ring lock_contended | all_filled || fail "but its lock can"
	check "ck_ring_mpmc has at least one compare-and-swap per push and pop" [ "$(contention ck_ring_mpmc cas_attempts | sort -n | head -n 1)" -ge 40000 ]
fi

# companions
check "histograms hold every sample" [ "$(awk -F, 'NR > 1 { n += $7 } END { print n }' all.hist.csv)" -eq "$(where all.csv pass latency lat_samples | awk '{ n += $1 } END { print n }')" ]
run "$LFBENCH" latency all.csv
rc_is 0
out_has 'mutex_ring'
run "$LFBENCH" show all.csv
rc_is 0
out_has 'p99'

# references deliver nothing that was pushed: no latency
# shellcheck disable=SC2086
run "$LFBENCH" run --backend null --producers 1 --pass all --launches 1 $short -o null.csv
rc_is 0
check "null has no latency rows" [ "$(column null.csv pass | grep -c latency)" -eq 0 ]
run "$BENCH_DIR/pairs" --backend null --pass latency
rc_is 77

# an open loop at a rate that every machine keeps, and at loads of what it can do
# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring --producers 2 --pass latency --rate 2000 --load 10 --arrivals fixed --launches 2 --items 1000 --audit-items 500 --progress never -o open.csv
rc_is 0
check "closed, at the rate, saturation, at the load" [ "$(column open.csv params | sort -u | tr '\n' ' ')" = " arrivals=fixed;load=10 arrivals=fixed;rate=2000 load=saturation " ]
check "every item is a sample" [ "$(where open.csv params 'arrivals=fixed;rate=2000' lat_samples | sort -u)" = 1000 ]
check "the saturation was achieved, not offered" sh -c 'printf "%s" "$1" | grep -q "[1-9]"' - "$(where open.csv params load=saturation rate_achieved_per_s)"
check "open and closed are told apart" [ "$(column open.csv lat_mode | sort -u | tr '\n' ' ')" = "closed open " ]

# buckets that are 1.6 % wide, and no sample lost
# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring --producers 1 --pass latency --launches 1 --histograms brief $short -o brief.csv
rc_is 0
check "brief histograms hold every sample, too" [ "$(awk -F, 'NR > 1 { n += $7 } END { print n }' brief.hist.csv)" -eq "$(column brief.csv lat_samples)" ]

# --precision: a pilot that is flagged, then fresh launches
run "$LFBENCH" run --backend mutex_ring --producers 1 --precision 50% --trials 1 --items 5000 --audit-items 500 --progress never -o precise.csv
rc_is 0
check "six pilot rows" [ "$(column precise.csv flags | grep -c pilot)" -eq 6 ]
check "and at least six fresh ones" [ "$(column precise.csv flags | grep -vc pilot)" -ge 6 ]

run "$LFBENCH" plan --quick --backend mutex_ring
rc_is 0
out_has '6 launches|24 launches'
for bad in "--pass none" "--rate 0" "--load 0" "--load 401" "--precision 2" "--precision 0%" "--precision nan%" "--arrivals never" "--histograms half" "--quick --pass all"; do
	# shellcheck disable=SC2086
	run "$LFBENCH" run --backend mutex_ring $bad -o bad.csv
	rc_is 2
	check "$bad: nothing is written" [ ! -e bad.csv ]
done
run "$BENCH_DIR/producer_consumer" --backend mutex_ring --pass throughput --rate 1000
rc_is 2
err_has 'latency'

# cut off in the middle, and gone on with: nothing twice, nothing missing
head -n 9 all.csv >cut.csv
cp all.env.json cut.env.json
cp all.detail.csv cut.detail.csv
cp all.hist.csv cut.hist.csv
run "$LFBENCH" run --resume cut.csv --progress never
rc_is 0
check "resumed: as many rows" [ "$(wc -l <cut.csv)" -eq "$(wc -l <all.csv)" ]
check "resumed: no launch twice" [ "$(paste -d, <(column cut.csv cell_id) <(column cut.csv launch) <(column cut.csv trial) | sort | uniq -d | wc -l)" -eq 0 ]
check "resumed: histograms hold every sample" [ "$(awk -F, 'NR > 1 { n += $7 } END { print n }' cut.hist.csv)" -eq "$(where cut.csv pass latency lat_samples | awk '{ n += $1 } END { print n }')" ]
finish
