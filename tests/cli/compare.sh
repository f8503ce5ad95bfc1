# lfbench compare: verdicts of made-up files with known ratios, what is refused, files that are none, baselines, history, exports.
. "$SOURCE_DIR/tests/lib/check.sh"
export COLUMNS=160 # sentences on one line

header=schema,run_id,cell_id,launch,trial,time_utc,host,commit,workload,backend,built_with,loops_rev,producers,consumers,capacity,pass,status,reason,flags,check_level,ns_per_op,lat_p99_ns,probe_before_ns

# rows NAME BACKEND NS [COLUMN-OVERRIDES as awk -v]: twelve launches of two trials around NS, 1 % apart at most
rows() {
	name=$1 backend=$2 ns=$3
	shift 3
	awk -v name="$name" -v backend="$backend" -v ns="$ns" -v host=vm -v gcc='gcc 12.2.0' -v loops=2 -v probe=130 -v n=12 \
		-v day=20 -v pass=throughput -v p99= -v commit=abc "$@" 'BEGIN {
		for (l = 1; l <= n; l++) for (t = 1; t <= 2; t++)
			printf "1,%s,x,%d,%d,2026-11-%sT10:00:%02dZ,%s,%s,pairs,%s,%s,%s,2,2,1023,%s,ok,,,sum+audit,%s,%s,%s\n", name, l, t, day,
				l, host, commit, backend, gcc, loops, pass, ns == "" ? "" : ns * (1 + 0.01 * (2 * (l - 0.5) / n - 1) + 0.0001 * t), p99, probe
	}' </dev/null
}
# file NAME: a header and the rows that come in
file() { { echo $header; cat; } >"$1"; }
machine() { printf '{"facts":{"cpu_model":{"value":"%s"},"kernel":{"value":"%s"},"cpus_online":{"value":"2 (0+1)"}}}\n' "$1" "$2"; }

{ rows b slow 100; rows b fast 100; rows b same 100; rows b gone 50; } | file base.csv
{ rows h slow 110; rows h fast 80; rows h same 100; rows h new 50; } | file head.csv

run "$LFBENCH" compare base.csv head.csv
rc_is 1
out_has '^REGRESSED: the head is slower \(1 REGRESSED, 1 PASS, 1 IMPROVED\)'
out_has '^REGRESSED +slow +pairs .*1\.1000 +1\.0[0-9]+\.\.1\.1[0-9]+'
out_has '^IMPROVED +fast +pairs .*0\.8000'
out_has '^PASS +same +pairs .*1\.0000'
out_has 'slower by 10 %, more than 0\.5 % \(p [0-9.e-]+'
out_has 'slower by less than [0-9.]+ %'
out_has 'In one file only, so not compared: 2 cells'
out_has 'gone pairs .*only in base'
out_has 'new pairs .*only in head'
out_has '^Advice, no proof'
out_has 'lfbench gate'
out_has 'it has no .env.json'
out_has '3 figures were tested together'
check "the worst is first" sh -c 'grep -nE "^(REGRESSED|PASS|IMPROVED) " "$1" | awk "{ print \$1 }" | sed "s/.*://" | tr "\n" " " | grep -qx "REGRESSED PASS IMPROVED "' - "$out"
# the other way round, what was slower is faster
run "$LFBENCH" compare head.csv base.csv
rc_is 1
out_has '^IMPROVED +slow'
out_has '^REGRESSED +fast'
# chosen backends
run "$LFBENCH" compare --backend same,fast base.csv head.csv
rc_is 0
out_lacks 'slow  '
run "$LFBENCH" compare --backend nobody base.csv head.csv
rc_is 2
run "$LFBENCH" compare --min-effect 15% --fail-effect 20% base.csv head.csv
rc_is 0
out_lacks '^REGRESSED'
# standard output with nothing else: colours and width do not matter to the verdict
run "$LFBENCH" compare --color always --ascii base.csv head.csv
rc_is 1
check "it is ASCII" sh -c '! LC_ALL=C grep -q "[^[:print:][:space:]]" "$1"' - <(sed 's/\x1b\[[0-9;]*m//g' "$out")

# --- too few launches, and --strict
rows b q 100 -v n=3 | file b3.csv
rows h q 200 -v n=3 | file h3.csv
run "$LFBENCH" compare b3.csv h3.csv
rc_is 0
out_has '^INCONCLUSIVE +q'
out_has '3 and 3 launches are too few'
out_has 'launches 4\)'
err_has 'warning: 1 figure is INCONCLUSIVE'
run "$LFBENCH" compare --strict b3.csv h3.csv
rc_is 3

# --- failures of the head
{ rows h slow 100; echo '1,h,x,13,0,,vm,abc,pairs,slow,gcc 12.2.0,2,2,2,1023,throughput,crashed,signal 11,,sum+audit,,,'; } | file crash.csv
run "$LFBENCH" compare base.csv crash.csv
rc_is 4
out_has '^FAILED +slow'
out_has 'head: crashed: signal 11 \(1 of 25 rows\)'
# the same in both is listed, and no verdict
run "$LFBENCH" compare crash.csv crash.csv
rc_is 0
out_has '^INCONCLUSIVE +slow'
out_has 'signal 11'

# --- not comparable: exit 3 with what differs; --force compares and says so beside the figure
refused() {
	what=$1
	shift
	rows h slow 110 "$@" | file other.csv
	run "$LFBENCH" compare base.csv other.csv
	rc_is 3
	err_has "$what"
	check "$what: nothing on standard output" [ ! -s "$out" ]
	[ -z "$SANITIZE" ] || return 0
	run "$LFBENCH" compare --force base.csv other.csv
	rc_is 1
	out_has 'FORCED all the same: '
	out_has '; forced'
}
refused 'host: vm in base, laptop in head' -v host=laptop
refused 'loops_rev of 1 cell' -v loops=3
refused 'compiler \(built_with\) of 1 cell' -v gcc='clang 17'
refused 'regime: the round trip' -v probe=600
machine 'AMD EPYC' 'Linux 6.1.0' >base.env.json
machine 'AMD EPYC' 'Linux 6.18.0' >head.env.json
run "$LFBENCH" compare base.csv head.csv
rc_is 1
out_has 'Note: kernel: Linux 6\.1\.0 in base, Linux 6\.18\.0 in head'
machine 'Intel Xeon' 'Linux 7.0' >head.env.json
run "$LFBENCH" compare base.csv head.csv
rc_is 3
err_has 'CPU model: AMD EPYC in base, Intel Xeon in head'
err_has "kernel's major version"
printf '{"facts":' >head.env.json
run "$LFBENCH" compare base.csv head.csv
rc_is 1
out_has 'its .env.json is damaged'
rm ./*.env.json

# --- latency metrics are of the latency pass
{ rows b q '' -v pass=latency -v p99=1000; } | file lb.csv
{ rows h q '' -v pass=latency -v p99=1500; } | file lh.csv
run "$LFBENCH" compare --metric p99 lb.csv lh.csv
rc_is 1
out_has '^REGRESSED +q'
out_has '1\.5000'
run "$LFBENCH" compare lb.csv lh.csv
rc_is 2
err_has 'choose with --metric'

# --- files that are none, hostile, of another schema, in disorder
run "$LFBENCH" compare base.csv nowhere.csv
rc_is 2
err_has 'nowhere.csv: it cannot be opened'
run "$LFBENCH" compare base.csv /dev/null
rc_is 2
run "$LFBENCH" compare base.csv "$work"
rc_is 2
sed 's/^1,/9,/' head.csv >schema.csv
run "$LFBENCH" compare base.csv schema.csv
rc_is 2
err_has "schema.csv, line 2: schema '9'"
head -c 3000 head.csv >torn.csv
run "$LFBENCH" compare base.csv torn.csv
rc_is 2
err_has 'torn.csv, line'
cp torn.csv torn.csv.partial
run "$LFBENCH" compare base.csv torn.csv.partial
check "the whole rows of an unfinished run are compared" [ "$rc" -le 1 ]
head -c 100000 /dev/urandom >noise.csv
run "$LFBENCH" compare base.csv noise.csv
rc_is 2
echo $header | file empty.csv
run "$LFBENCH" compare base.csv empty.csv
rc_is 2
rows h "$(printf 'evil\033]0;x\007')" 100 | file evil.csv
run "$LFBENCH" compare evil.csv evil.csv
check "escape sequences do not get through" sh -c '! grep -q "$(printf "\033")" "$1" "$2"' - "$out" "$err"
rows h slow 100 | sed 's/,[0-9.]*,,130$/,-5,,130/; 3~2s/,-5,/,1e999,/' | file odd.csv
run "$LFBENCH" compare base.csv odd.csv
rc_is 0
out_has 'no ns_per_op in head'
# columns of the first version only
{ echo schema,workload,backend,status,launch,ns_per_op; for l in 1 2 3 4 5 6; do echo "1,pairs,q,ok,$l,10$l"; done; } >old.csv
run "$LFBENCH" compare old.csv old.csv
rc_is 0
out_has '^(PASS|INCONCLUSIVE) +q'
out_has 'regime: no round trips'

# --- wrong usage
for wrong in '' 'base.csv' 'base.csv head.csv base.csv' '--alpha 2 base.csv head.csv' '--min-effect 5 base.csv head.csv' '--min-effect 6% base.csv head.csv' \
	'--metric speed base.csv head.csv' '--baseline base.csv head.csv' '--history' '--history --strict base.csv' '--export xml base.csv head.csv' \
	'--export junit=base.csv base.csv head.csv' '--color sometimes base.csv head.csv'; do
	# shellcheck disable=SC2086
	run "$LFBENCH" compare $wrong
	rc_is 2
done
check "base.csv is still there" grep -q slow base.csv

# --- several files as base: all that are comparable, and a head that is beyond them all
mkdir past
for day in 10 11 12; do rows "r$day" slow "1$((day - 10))0" -v day=$day | file past/$day.csv; done
rows r13 slow 100 -v day=13 -v host=laptop | file past/13.csv
cp base.csv past/x.detail.csv
echo nonsense >past/y.csv
rows h slow 119 | file today.csv
run "$LFBENCH" compare --baseline past today.csv
rc_is 0
err_has '13.csv is left out: host: laptop in base'
err_has 'left out: .*y.csv, line 1: not a results file'
out_has '^INCONCLUSIVE +slow .* 36\+12'
out_has 'within what the 3 files of the base differ among themselves'
rows h slow 140 | file past/today.csv
run "$LFBENCH" compare --baseline past past/today.csv
rc_is 1
err_has 'today.csv is left out: it holds a run of the head'
out_has '^REGRESSED +slow'
rows h slow 100 -v host=elsewhere | file away.csv
run "$LFBENCH" compare --baseline past away.csv
rc_is 3
rows h unheard 100 | file away.csv
run "$LFBENCH" compare --baseline past away.csv
rc_is 2

# --- history
run "$LFBENCH" compare --history past --backend slow
rc_is 0
out_has '^slow pairs .*ns_per_op'
out_has '^2026-11-10T10:00 +10.csv +abc +100 '
out_has '^2026-11-11T10:00 +11.csv +abc +110 .*\+10\.0 % '
out_has '^2026-11-13T10:00 +13.csv .*-16\.7 % +12 +M '
err_has 'left out: .*y.csv, line 1: not a results file'
check "in order of time" sh -c 'grep -o "^2026-11-1[0-9]" "$1" | sort -c' - "$out"
run "$LFBENCH" compare --history past/11.csv past/10.csv
rc_is 0
check "two lines" [ "$(grep -c '^2026-' "$out")" -eq 2 ]
run "$LFBENCH" compare --history past/y.csv
rc_is 2
run "$LFBENCH" compare --history past --workload none
rc_is 2

# --- exports
run "$LFBENCH" compare --export junit=x.xml --export markdown=x.md --export bmf=x.json base.csv head.csv
rc_is 1
check "a failure in the JUnit file" grep -q '<failure' x.xml
check "the table names the verdict" grep -q 'REGRESSED' x.md
check "the ratio is in the BMF file" grep -q '1\.1' x.json
run env GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY="$work/summary.md" "$LFBENCH" compare base.csv head.csv
rc_is 1
out_has '^::error '
check "the summary has a table" grep -q REGRESSED summary.md
run "$LFBENCH" compare --export junit=/nonexistent/x.xml base.csv head.csv
rc_is 2
finish
