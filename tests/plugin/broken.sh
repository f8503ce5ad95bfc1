# Backends that are wrong on purpose: each is caught, its row says what happened and has no figures,
# the exit status is 4 (2 where the file is no backend), and the other backends of the run are unharmed.
. "$SOURCE_DIR/tests/lib/check.sh"
quick="--items 40000 --audit-items 20000 --trials 2 --timeout 2s"

one() { # NAME STATUS EXIT PATTERN [options]
	name=$1 status=$2 code=$3 pattern=$4
	shift 4
	# shellcheck disable=SC2086
	run "$BENCH_DIR/producer_consumer" --backend "$BROKEN_DIR/$name.so" $quick --csv - "$@"
	rc_is "$code"
	check "$name is $status" [ "$(column "$out" status | tail -n 1)" = "$status" ]
	check "$name: the reason has '$pattern'" sh -c 'printf "%s" "$1" | grep -Eq -- "$2"' - "$(column "$out" reason | tail -n 1)" "$pattern"
	check "$name: no figures" [ -z "$(column "$out" ns_per_op | tail -n 1)" ]
}

one lossy invalid 4 'lost'
one duplicating invalid 4 'twice|popped, only'
one inventing invalid 4 'never pushed'
one reordering invalid 4 'order:'
one cancelling invalid 4 'never pushed|twice|values are not'
one full resource 4 'out of memory' --capacity 1 --items 500 --audit-items 500 --timeout 30s
# out of memory until the time limit: named as the cause it is
one full resource 4 'out of memory' --capacity 1 --items 1e9 --audit-items 500 --timeout 300ms
one no_queue invalid 4 'no queue'
one hanging timeout 4 'time limit|did not come back'

# In the timed trials the audit's exact look is not there; the sums must catch all but the order.
# So let the audit be too short to see the fault.
for name in lossy duplicating inventing cancelling; do
	run "$BENCH_DIR/producer_consumer" --backend "$BROKEN_DIR/$name.so" --items 40000 --audit-items 10 --trials 1 --timeout 2s --csv -
	rc_is 4
	check "$name is caught by the sums" [ "$(column "$out" status)" = invalid ]
done

# What neither sums nor audit can see, and the history of a timed trial shows. (With such a queue the sums are right, so without it the row is ok.)
recorded() { # NAME PATTERN
	run "$BENCH_DIR/producer_consumer" --backend "$BROKEN_DIR/$1.so" --producers 2 --consumers 2 --capacity 64 --items 40000 --audit-items 10 --trials 1 \
		--timeout 20s --csv -
	rc_is 0
	check "$1 passes the sums" [ "$(column "$out" check_level)" = sum+audit ]
	run "$BENCH_DIR/producer_consumer" --backend "$BROKEN_DIR/$1.so" --producers 2 --consumers 2 --capacity 64 --items 40000 --audit-items 10 --trials 1 \
		--timeout 20s --check history --csv -
	rc_is 4
	check "$1 is caught by its history" [ "$(column "$out" status)" = invalid ]
	check "$1: the reason names $2" sh -c 'printf "%s" "$1" | grep -Eq -- "^\"?history: $2: "' - "$(column "$out" reason)" "$2"
	check "$1: no figures" [ -z "$(column "$out" ns_per_op)" ]
}
recorded false_empty VWit
recorded two_orders 'VOrd'
recorded reordering 'V(Prod|Ord)'

# lost values make pairs wait for ever: named as what it is
run "$BENCH_DIR/pairs" --backend "$BROKEN_DIR/lossy.so" --items 40000 --audit-items 10 --trials 1 --timeout 1s --csv -
rc_is 4
check "lossy in pairs" [ "$(column "$out" status)" = invalid ]
check "lossy in pairs: the reason" [ "$(column "$out" reason | grep -c lost)" -eq 1 ]

for name in wrong_abi no_symbol short_struct not_elf; do
	# shellcheck disable=SC2086
	run "$BENCH_DIR/producer_consumer" --backend "$BROKEN_DIR/$name.so" $quick
	rc_is 2
	check "$name: one line says why" [ "$(cat "$out" "$err" | grep -c 'incompatible\|not a backend\|no lfbench backend\|cannot be loaded\|ABI')" -ge 1 ]
done

# all of them in one run, beside one that is well
backends=mutex_ring
for file in "$BROKEN_DIR"/*.so; do
	case $file in *hostile_name* | *noisy* | *full* | *no_queue*) continue ;; esac
	backends=$backends,$file
done
# shellcheck disable=SC2086
run "$LFBENCH" run --backend "$backends" --workload producer_consumer $quick --launches 2 --progress never -o all.csv
rc_is 4
status_of() { # NAME: statuses of its rows
	awk -F, -v want="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } index($at["backend"], want) { print $at["status"] }' all.csv | sort -u | tr '\n' ' '
}
check "the good one is ok" [ "$(status_of mutex_ring)" = "ok " ]
check "and has all its rows" [ "$(grep -c ',mutex_ring,' all.csv)" -eq 4 ]
for pair in lossy:invalid duplicating:invalid inventing:invalid reordering:invalid cancelling:invalid crashing:crashed aborting:crashed \
	crash_on_load:crashed hanging:timeout exiting:crashed wrong_abi:incompatible no_symbol:incompatible not_elf:incompatible short_struct:incompatible; do
	check "${pair%:*} is ${pair#*:} (got: $(status_of "${pair%:*}"))" [ "$(status_of "${pair%:*}")" = "${pair#*:} " ]
done
check "a crash costs one row" [ "$(grep -c 'crashing' all.csv)" -eq 1 ]
check "the file is valid" sh -c '"$1" show all.csv >/dev/null' - "$LFBENCH"

# a noisy one is correct, and what it prints does not get into the rows
# shellcheck disable=SC2086
run "$LFBENCH" run --backend "$BROKEN_DIR/noisy.so" --workload pairs --items 1000 --trials 1 --launches 1 --progress never -o noisy.csv
rc_is 0
check "its row is ok" [ "$(column noisy.csv status)" = ok ]
# a hostile name is data
run "$LFBENCH" run --backend "$BROKEN_DIR/hostile_name.so" --workload pairs --items 1000 --trials 1 --launches 1 --progress never -o hostile.csv
rc_is 0
check "no escape sequence reaches the terminal" sh -c '! cat "$1" "$2" | grep -q "$(printf "\033")"' - "$out" "$err"
run "$LFBENCH" show hostile.csv
rc_is 0
check "nor from show" sh -c '! cat "$1" "$2" | grep -q "$(printf "\033")"' - "$out" "$err"
run "$LFBENCH" list "$BROKEN_DIR/hostile_name.so"
check "nor from list" sh -c '! cat "$1" "$2" | grep -q "$(printf "\033")"' - "$out" "$err"

# threads that cannot be made: the barrier is released, the row says so
cat >fail.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x)
{
	static int calls;
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
	return ++calls == atoi(getenv("FAIL_AT")) ? EAGAIN : real(t, a, f, x);
}
END
if [ -z "$SANITIZE" ] && ${CC:-cc} -shared -fPIC -o fail.so fail.c -ldl; then
	for nth in 1 2 3 4; do
		run env LD_PRELOAD="$work/fail.so" FAIL_AT=$nth "$BENCH_DIR/producer_consumer" --backend mutex_ring --producers 2 --consumers 2 --items 1000 --csv -
		rc_is 4
		check "resource" [ "$(column "$out" status)" = resource ]
	done
	# so little memory that nothing works: a row or a message, never a crash
	for limit in 40000 60000 100000 200000; do
		run bash -c "ulimit -v $limit; exec \"\$0\" --backend mutex_ring --items 1000 --csv -" "$BENCH_DIR/producer_consumer"
		check "no crash at $limit kB" [ $rc -lt 128 ]
	done
fi
finish
