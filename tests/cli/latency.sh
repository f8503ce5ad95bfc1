# lfbench latency: percentiles over all launches of a cell, what is left out of them, files for a plotter.
[ -z "$SANITIZE" ] || { echo "it starts hundreds of processes; cli.run, one_cell and show_passes have the same code"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"

# --- files made by hand, with figures that can be worked out
id='([0-9a-z]+ +)?' # of the cell, where the table is narrow enough
csv_header=schema,run_id,cell_id,launch,trial,workload,backend,producers,consumers,capacity,pass,status,flags,params
hist_header=run_id,cell_id,launch,trial,role,value_ns,count
{
	echo $csv_header
	echo 1,r,aa01,1,1,producer_consumer,fast,1,1,1023,latency,ok,,
	echo 1,r,aa01,2,1,producer_consumer,fast,1,1,1023,latency,ok,,
	echo 1,r,aa01,2,2,producer_consumer,fast,1,1,1023,latency,invalid,,
	echo 1,r,bb02,1,1,producer_consumer,slow,1,1,1023,latency,ok,"unpinned;overloaded",arrivals=fixed
	echo 1,r,cc03,1,1,pairs,few,2,2,1023,latency,ok,,
	echo 1,r,dd04,1,1,pairs,other,2,2,1023,throughput,ok,,
} >t.csv
{
	echo $hist_header
	# 900 of 100 ns and 100 of 3 us in the two launches that count: p50 100, p90 100, p99 3 us; p99.9 takes more
	echo r,aa01,1,1,service,100,500
	echo r,aa01,2,1,service,100,400
	echo r,aa01,2,1,service,3000,100
	echo r,aa01,2,2,service,9000000,100000 # not ok: must not count
	echo r,aa01,9,1,service,9000000,100000 # has no row: must not count
	echo r,bb02,1,1,service,5000,20000
	echo r,bb02,1,1,response,50000,20000
	echo r,cc03,1,1,service,700,19
} | sed 's/ #.*//' >t.hist.csv

run "$LFBENCH" latency t.csv
rc_is 0
out_has '^producer_consumer: 1\+1, capacity 1023'
out_has '^pairs: 2 threads'
out_has "^fast +${id}service +1000 +390ns +100ns +100ns +3us +- +3us"
out_has '2 of 4 trials left out: 0 overloaded, 2 not ok'
out_has "^slow +${id}service +OVERLOADED"
out_has "^slow +${id}response +OVERLOADED"
out_has "^few +${id}service +19 +700ns +- +- +- +- +700ns"
out_lacks other
out_lacks '9ms'
check "nothing on standard error" [ ! -s "$err" ]
cp "$out" by_csv
run "$LFBENCH" latency t.hist.csv
rc_is 0
check "either name shows the same" cmp -s "$out" by_csv

# one more sample, and there is a median
sed -i 's/700,19/700,20/' t.hist.csv
run "$LFBENCH" latency t.csv
out_has "^few +${id}service +20 +700ns +700ns +- +- +- +700ns"

# choosing
run "$LFBENCH" latency --cell bb --role response t.csv
rc_is 0
out_has "^slow +${id}response"
out_lacks "^slow +${id}service"
out_lacks '^fast'
run "$LFBENCH" latency --cell nothing t.csv
rc_is 2
err_has 'none of the cells'
COLUMNS=120 run "$LFBENCH" latency t.csv
out_has '^fast +aa01 +service'

# without rows, ids and all trials
cp t.hist.csv alone.hist.csv
run "$LFBENCH" latency alone.hist.csv
rc_is 0
err_has 'alone.csv is not there'
out_has '^aa01 +service +201000 '
out_has '^bb02 +response +20000 .* 50us$'

# files for the plotter
run "$LFBENCH" latency --hgrm plots t.csv
rc_is 0
err_has '2 files'
check "their names" [ "$(ls plots | tr '\n' ' ')" = "few-cc03.service.hgrm fast-aa01.service.hgrm " -o \
	"$(ls plots | tr '\n' ' ')" = "fast-aa01.service.hgrm few-cc03.service.hgrm " ]
check "the head" grep -q '^       Value     Percentile TotalCount 1/(1-Percentile)$' plots/fast-aa01.service.hgrm
check "the half" grep -q '^     100.000 0.500000000000        900           2.00$' plots/fast-aa01.service.hgrm
check "the end" grep -q '^    3001.000 1.000000000000       1000$' plots/fast-aa01.service.hgrm
check "the foot" grep -q '^#\[Max     =     3000.000, Total count    =         1000\]$' plots/fast-aa01.service.hgrm
check "points are four fields, as the plotter wants them" \
	sh -c '[ "$(awk "!/^#/ && NF == 4 && \$4 > 0" "$1" | wc -l)" -ge 15 ]' - plots/fast-aa01.service.hgrm
cp plots/few-cc03.service.hgrm before
run "$LFBENCH" latency --hgrm plots t.csv
rc_is 2
err_has 'exists already'
run "$LFBENCH" latency --hgrm plots --force t.csv
rc_is 0
check "replaced by the same" cmp -s before plots/few-cc03.service.hgrm
run "$LFBENCH" latency --hgrm t.csv/x t.csv
rc_is 2
err_has 'cannot make the folder'

# --- what a hostile file may try
escape=$(printf '\033')
{
	echo $hist_header
	echo "r,../../evil,1,1,service,100,50"
} >evil.hist.csv
run "$LFBENCH" latency evil.hist.csv
rc_is 0
run "$LFBENCH" latency --hgrm plots evil.hist.csv
rc_is 2
err_has 'cannot be part of a file name'
check "nothing outside" [ ! -e ../evil.service.hgrm -a ! -e "../../cell-evil.service.hgrm" -a "$(ls plots | wc -l)" -eq 2 ]
printf '%s\nr,aa,1,1,ser%svice,1,1\n' "$hist_header" "$escape[2J" >evil.hist.csv
run "$LFBENCH" latency evil.hist.csv
rc_is 2
err_has 'evil.hist.csv, line 2'
printf '%s\nr,a\302\233\342\200\256b,1,1,x\302\233y,1,50\n' "$hist_header" >evil.hist.csv
run "$LFBENCH" latency evil.hist.csv
rc_is 0
check "no control character reaches the terminal" sh -c '! grep -q "$(printf "\302\233")" "$1"' - "$out"
check "no direction mark either" sh -c '! grep -q "$(printf "\342\200\256")" "$1"' - "$out"
printf '%s\n1,r,aa,1,1,w%s[2Jx,b%s[2Jx,1,1,8,latency,ok,,p=%s\n' "$csv_header" "$escape" "$escape" "$escape" >evil.csv
printf '%s\nr,aa,1,1,service,1,50\n' "$hist_header" >evil.hist.csv
run "$LFBENCH" latency --hgrm evil evil.csv
rc_is 0
check "nor an escape of a row" sh -c '! grep -q "$3" "$1" "$2"' - "$out" "$err" "$escape"
check "nor in a file's name" [ "$(ls evil)" = b__2Jx-aa.service.hgrm ]
{
	echo $hist_header
	awk 'BEGIN { for (i = 0; i < 5000; i++) print "r,cell" i ",1,1,service,100,50" }'
} >many.hist.csv
run "$LFBENCH" latency many.hist.csv
rc_is 2
err_has 'more cells than can be shown'
run "$LFBENCH" latency --cell cell4999 many.hist.csv
rc_is 0
out_has '^cell4999 +service +50 '
printf '%s\nr,aa,1,1,service,18446744073709551615,18446744073709551615\nr,aa,1,1,service,1,18446744073709551615\n' "$hist_header" >big.hist.csv
run timeout 20 "$LFBENCH" latency --hgrm big big.hist.csv
rc_is 0

# --- files that are not there, not whole, not these
run "$LFBENCH" latency nothing.csv
rc_is 2
err_has 'nothing.csv'
cp t.csv rows.csv
run "$LFBENCH" latency rows.csv
rc_is 2
err_has 'rows.hist.csv: no such file'
cp t.csv swapped.hist.csv
run "$LFBENCH" latency swapped.hist.csv
rc_is 2
err_has 'swapped.hist.csv, line 1: the header'
head -c 200 t.hist.csv >torn.hist.csv
run "$LFBENCH" latency torn.hist.csv
rc_is 2
err_has 'unfinished'
cp t.csv torn.csv.partial
cp torn.hist.csv torn.hist.csv.partial
run "$LFBENCH" latency torn.csv.partial
rc_is 0
out_has "^fast +${id}service"
echo $hist_header >empty.hist.csv
cp t.csv empty.csv
run "$LFBENCH" latency empty.csv
rc_is 2
err_has 'no histograms'
for wrong in "" "t.csv t.csv" "--force t.csv" "--color sometimes t.csv" "--no-such t.csv" "t.csv --cell"; do
	# shellcheck disable=SC2086
	run "$LFBENCH" latency $wrong
	rc_is 2
	check "a message, and nothing else" [ -s "$err" -a ! -s "$out" ]
done
if [ -w /dev/full ]; then
	run sh -c '"$1" latency t.csv >/dev/full' - "$LFBENCH"
	rc_is 2
	err_has 'cannot be written'
fi

# --- a run of one's own: the same samples in the rows and in the histograms
run "$LFBENCH" run --backend mutex_ring --workload pairs --pass latency --items 20000 --audit-items 1000 --trials 2 --launches 2 --progress never -o own.csv
rc_is 0
run "$LFBENCH" latency own.csv
rc_is 0
samples=$(paste -d, <(column own.csv pass) <(column own.csv status) <(column own.csv lat_samples) | awk -F, '$1 == "latency" && $2 == "ok" { n += $3 } END { print n + 0 }')
check "there are samples" [ "$samples" -gt 1000 ]
out_has "^mutex_ring +${id}service +$samples "
largest=$(column own.csv lat_max_ns | sort -n | tail -n 1)
check "the maximum is exact" [ "$(column own.hist.csv value_ns | sort -n | tail -n 1)" = "$largest" ]
finish
