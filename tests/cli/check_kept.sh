# What lfbench check has found is kept, and list, show and report say it of that build; a file that is damaged or cannot be written costs nothing else.
. "$SOURCE_DIR/tests/lib/check.sh"
LFBENCH_VERDICTS=$work/state/lfbench/verdicts.tsv
export LFBENCH_VERDICTS
COLUMNS=250
export COLUMNS
quick="--rounds 1 --seed 3 --show-progress never"

run "$BENCH_DIR/pairs" --backend mutex_ring --items 2000 --trials 2 --csv rows.csv
rc_is 0
run "$LFBENCH" list mutex_ring
out_has '^mutex_ring .* declared'
run "$LFBENCH" show rows.csv
out_has '^  declared only: mutex_ring$'

# shellcheck disable=SC2086
run "$LFBENCH" check mutex_ring $quick --shape pair
check "some of the loads confirm nothing" [ ! -e "$LFBENCH_VERDICTS" ]
# shellcheck disable=SC2086
run "$LFBENCH" check mutex_ring "$MUTANT_DIR/drops.so" $quick
rc_is 4
today=$(date -u +%Y-%m-%d)
run "$LFBENCH" list mutex_ring mutex_cond "$MUTANT_DIR/drops.so"
rc_is 0
out_has "^mutex_ring .* confirmed .* $today, [0-9.]+ k operations"
out_has '^mutex_cond .* declared'
out_has "^drops .* refuted "
out_has "^drops: answers refuted, $today: VWit"
run "$LFBENCH" show rows.csv
out_has '^  confirmed by lfbench check: mutex_ring \([0-9.]+ k operations\)$'
run "$LFBENCH" report rows.csv -o page.html
rc_is 0
check "the page has it, too" grep -q "<td>confirmed<br>$today, [0-9.]* k operations</td>" page.html
# another build is another object
awk 'BEGIN { FS = OFS = "," } NR == 1 { for (i = 1; i <= NF; i++) if ($i == "backend_build_id") at = i } NR > 1 { $at = "00" $at } { print }' rows.csv >other.csv
run "$LFBENCH" show other.csv
out_has '^  declared only: mutex_ring$'

# what was refuted stays so, and more operations add up
before=$(awk -F'\t' '$3 == "mutex_ring" { print $6 }' "$LFBENCH_VERDICTS")
# shellcheck disable=SC2086
run "$LFBENCH" check mutex_ring $quick
after=$(awk -F'\t' '$3 == "mutex_ring" { print $6 }' "$LFBENCH_VERDICTS")
check "operations add up ($before, $after)" [ "$after" -gt "$before" ]
check "a line per build" [ "$(grep -c mutex_ring "$LFBENCH_VERDICTS")" = 1 ]

# damaged, or not to be written: claims are as declared, and checking goes on
printf 'lfbench-verdicts 1\n\033[31mjunk\nmore\tjunk\t\t\n' >"$LFBENCH_VERDICTS"
run "$LFBENCH" list mutex_ring
rc_is 0
out_has '^mutex_ring .* declared'
check "no escape sequence reaches the terminal" sh -c '! cat "$1" "$2" | grep -q "$(printf "\033")"' - "$out" "$err"
LFBENCH_VERDICTS=$work/rows.csv/verdicts.tsv
# shellcheck disable=SC2086
run "$LFBENCH" check mutex_ring $quick
rc_is 0
out_has '^mutex_ring .* confirmed'
err_has 'rows.csv'
LFBENCH_VERDICTS=/dev
run "$LFBENCH" list mutex_ring
rc_is 0
out_has '^mutex_ring .* declared'
err_has '/dev: '
finish
