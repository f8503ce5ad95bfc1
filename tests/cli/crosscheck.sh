# scripts/crosscheck judges rightly: its arithmetic on made-up executions whose answer is known, and
# its arguments. The real thing takes a minute and a quiet machine; nothing is timed here.
. "$SOURCE_DIR/tests/lib/check.sh"
judge="$SOURCE_DIR/scripts/lib/crosscheck.awk"

# executions PAIRS SCALE NOISE_S: a control and one backend. Rows say 50 ns per item (in odd pairs 250 for
# the larger run: another regime); a process takes 14 ms beside its trial, and 0.5 ns per item; the wall
# clock shows SCALE times what the rows do, and NOISE_S more or less by turns.
executions() {
	awk -v pairs="$1" -v scale="$2" -v noise_s="$3" 'BEGIN {
		for (pair = 1; pair <= pairs; pair++)
			for (size = 1; size <= 3; size += 2) {
				print 0, pair, size, 1e7 * size, 1.5, 0.014 + 1e-9 * 1e7 * size * (1.5 * scale + 0.5)
				ns = size == 3 && pair % 2 ? 250 : 50
				off_s = size == 1 ? 0 : pair % 4 < 2 ? noise_s : -noise_s
				print 1, pair, size, 4e6 * size, ns, 0.014 + 1e-9 * 4e6 * size * (ns * scale + 0.5) + off_s
			}
	}' >executions
}

judged() { run awk -v names=queue -f "$judge" executions; }

executions 12 1 0 && judged
rc_is 0
out_has '^queue +4000000 +12 .* 1\.0000 \(1\.0000\.\.1\.0000\) +agree'
out_has 'Beside the trials 0\.500 '
executions 12 1.03 0 && judged
rc_is 1
out_has ' 1\.0295 .* DISAGREE' # not 1.03: the control's clock is as wrong, which is why its trial is short
executions 12 0.97 0 && judged
rc_is 1
out_has 'DISAGREE'
executions 12 1 0.3 && judged
rc_is 0
out_has 'not resolved'
err_has 'WARNING: not resolved: queue'
executions 5 1 0 && judged
rc_is 2
err_has 'fewer than 6'

crosscheck="$SOURCE_DIR/scripts/crosscheck"
run "$crosscheck" --help
rc_is 0
out_has 'Usage: scripts/crosscheck'
for wrong in --frob --pairs=5 --pairs=x --pairs; do
	run "$crosscheck" $wrong
	rc_is 2
	err_has "${wrong%=*}"
done
run env BUILD_DIR=/nonexistent "$crosscheck"
rc_is 2
err_has '/nonexistent/bench/producer_consumer is not there'
finish
