# `lfbench merge`: what two shards measured is what the whole plan has; nothing is lost, doubled or replaced unasked.
export ASAN_OPTIONS=detect_leaks=0 # it starts many processes; the merges below look for leaks
. "$SOURCE_DIR/tests/lib/check.sh"

sweep="--backend mutex_ring,vyukov_mpmc,null --workload producer_consumer --producers 1,2 --items 2000 --audit-items 500 --trials 1 --launches 2 --seed 7 --progress never --color never"
for n in 1 2; do
	passes=throughput
	[ $n = 2 ] && passes=throughput,latency # one of them has histograms
	# shellcheck disable=SC2086
	run "$LFBENCH" run $sweep --pass $passes --shard $n/2 -o half$n.csv
	rc_is 0
done
unset ASAN_OPTIONS

run "$LFBENCH" merge whole.csv half1.csv half2.csv
rc_is 0
check "it says nothing" [ ! -s "$out" -a ! -s "$err" ]
check "every row is there" cmp <(tail -qn +2 half1.csv half2.csv | sort) <(tail -n +2 whole.csv | sort)
check "there are rows" [ "$(wc -l <whole.csv)" -gt 12 ]
check "in order of time" [ "$(column whole.csv time_utc | sort -c 2>&1)" = "" ]
check "every line of details" cmp <(tail -qn +2 half1.detail.csv half2.detail.csv | sort) <(tail -n +2 whole.detail.csv | sort)
check "one header each" [ "$(grep -c '^run_id' whole.detail.csv whole.hist.csv | tr '\n' ' ')" = "whole.detail.csv:1 whole.hist.csv:1 " ]
check "every histogram" cmp half2.hist.csv whole.hist.csv
check "both machines" [ "$(grep -c '"file": "half[12].csv"' whole.env.json)" -eq 2 ]
check "nothing partial" [ -z "$(ls ./*.partial 2>/dev/null)" ]
# shellcheck disable=SC2086
"$LFBENCH" plan $sweep --pass throughput 2>/dev/null | grep -E '^ +[0-9]+ cells?|cells' | head -n 1 >plan.txt
check "the cells of the whole plan" [ "$(awk -F, 'NR > 1' whole.csv | grep -c ',throughput,')" -eq 12 ]
run "$LFBENCH" show whole.csv
rc_is 0
run "$LFBENCH" latency whole.csv
rc_is 0

# standard output: rows alone
run "$LFBENCH" merge - half2.csv half1.csv
rc_is 0
check "the same rows, in the same order but for those of one second" cmp <(sort "$out") <(sort whole.csv)

# refused, with everything as it was
sha256sum ./*.csv ./*.json >before
refused() { # PATTERN ARGUMENTS
	pattern=$1
	shift
	run "$LFBENCH" merge "$@"
	rc_is 2
	err_has "$pattern"
	check "nothing was changed" sha256sum --quiet -c before
	check "nothing was left" [ -z "$(ls ./*.partial new* 2>/dev/null)" ]
}
printf '1,2,3\n4,5,6\n' >foreign.csv
sed '2,$s/^1,/2,/' half1.csv >schema2.csv
head -c -30 half1.csv >torn.csv
head -n 1 half1.csv >empty.csv
: >nothing.csv
cp half1.csv killed.csv.partial
cp half1.csv bad.csv
{ cat half1.detail.csv; echo 'no,line'; } >bad.detail.csv
cp half1.csv json.csv
echo '{' >json.env.json
head -n 2 half1.csv >twice.csv
sed -n 2p half1.csv >>twice.csv
printf 'run_id\n' >new2.hist.csv # of some earlier file
mv new2.hist.csv stale.hist.csv
rm killed.csv.partial
sha256sum ./*.csv ./*.json >before
refused 'name the file to write' whole.csv
refused 'name the file to write'
refused 'it exists|exists' whole.csv half1.csv half2.csv
refused 'half1.csv and half1.csv both have trial' new.csv half1.csv half2.csv half1.csv
refused 'half1.csv and whole.csv both have trial' new.csv half1.csv whole.csv
refused 'twice.csv: rows 1 and 2 are both' new.csv twice.csv
refused "no column 'schema'|not a results file" new.csv half1.csv foreign.csv
refused "schema '2'" new.csv half1.csv schema2.csv
refused 'torn.csv' new.csv torn.csv
refused 'no rows' new.csv empty.csv
refused 'empty' new.csv nothing.csv
refused 'resume' new.csv half1.csv.partial half2.csv
refused 'name the results files only' new.csv half1.csv half1.detail.csv
refused 'name the results files only' new.hist.csv half1.csv
refused 'bad.detail.csv, line' new.csv bad.csv
refused 'json.env.json' new.csv json.csv
refused 'missing.csv' new.csv missing.csv
refused 'stale.hist.csv exists' stale.csv half1.csv
refused "directory does not exist" nowhere/new.csv half1.csv
refused 'directory' . half1.csv
refused 'unknown option' --frce new.csv half1.csv
refused 'longer|too long' "$(printf '%05000d' 0).csv" half1.csv
run "$LFBENCH" merge /dev/full half1.csv
rc_is 2
err_has "disk is full"

# --force: onto itself, and what an earlier file left behind goes
run "$LFBENCH" merge --force stale.csv half1.csv
rc_is 0
check "no histograms of others" [ ! -e stale.hist.csv ]
cp half1.csv grown.csv
cp half1.detail.csv grown.detail.csv
cp half1.env.json grown.env.json
run "$LFBENCH" merge --force grown.csv grown.csv half2.csv
rc_is 0
check "a file can be one of its parts" cmp <(sort grown.csv) <(sort whole.csv)
check "its companions too" cmp <(sort grown.detail.csv) <(sort whole.detail.csv)
# merged again: machines stay a flat list
cp half2.csv other.csv
sed -i '2,$s/^1,[0-9a-f]*,/1,00000000000000aa,/' other.csv
cp half2.env.json other.env.json
run "$LFBENCH" merge deep.csv whole.csv other.csv
rc_is 0
check "three machines" [ "$(grep -c '^      "file":' deep.env.json)" -eq 3 ]

# a hostile name does not reach the terminal
run "$LFBENCH" merge new.csv "$(printf 'a\033]0;b.csv')"
rc_is 2
err_lacks "$(printf '\033')"
finish
