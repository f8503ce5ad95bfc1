# Whatever is wrong with the arguments is said before a thread starts: exit status 2, a sentence
# that names the option and what it accepts.
. "$SOURCE_DIR/tests/lib/check.sh"
pairs=$BENCH_DIR/pairs
producer_consumer=$BENCH_DIR/producer_consumer
ping_pong=$BENCH_DIR/ping_pong

# option, bad value, what the message has to contain
while IFS='|' read -r option value message; do
	run "$producer_consumer" --backend mutex_ring "--$option" "$value"
	rc_is 2
	err_has "--$option: .*$message"
	check "nothing on stdout" [ ! -s "$out" ]
	run "$LFBENCH" run --backend mutex_ring "--$option" "$value" -o x.csv
	rc_is 2
	check "no file is left" [ ! -e x.csv -a ! -e x.csv.partial ]
done <<'END'
items|junk|not a whole number
items|-5|not a whole number
items|0|outside 1 to
items|1e999|not a whole number
items|nan|not a whole number
items|inf|not a whole number
items|1.5|not a whole number
items|12x|not a whole number
items|0x10|not a whole number
items|99999999999999999999999|not a whole number
items||not a whole number
items| 5|not a whole number
producers|0|outside 1 to 4096
producers|5000|outside 1 to 4096
producers|1-|not a whole number
producers|8-1|runs backwards
producers|1,,2|empty
producers|1,|empty
producers|1,1|twice
consumers|-1|not a whole number
consumers|18446744073709551616|not a whole number
capacity|0|outside 1 to
capacity|2e10|outside 1 to
batch|0|outside 1 to 256
batch|257|outside 1 to 256
wait|spinn|did you mean 'spin'
wait|sleep|known: spin, yield, block, backoff, park
alloc|mallocc|did you mean 'malloc'
pin|nowhere|compact
pin|cpus:|CPU number
pin|cpus:x|CPU number
pin|cpus:0+|CPU number
duration|25|ms
duration|0ms|outside
duration|-1s|not a duration
duration|1e999s|not a duration
duration|nans|not a duration
trials|0|outside 1 to
audit-items|0|outside 1 to
timeout|0s|outside
timeout|10|not a duration
seed|-1|not a whole number
END

run "$LFBENCH" run --shard 3/2 -o x.csv; rc_is 2; err_has '--shard'
run "$LFBENCH" run --shard 0/2 -o x.csv; rc_is 2; err_has '--shard'
run "$LFBENCH" run --shard x -o x.csv; rc_is 2; err_has 'I/N'
run "$LFBENCH" run --progress maybe; rc_is 2; err_has 'auto, always, never'
run "$LFBENCH" run --workload pears; rc_is 2; err_has "did you mean 'pairs'"
run "$LFBENCH" run --launches 0; rc_is 2; err_has '--launches'

# Unknown options and names suggest the nearest.
run "$pairs" --backend mutex_ring --itmes 5; rc_is 2; err_has "did you mean '--items'"
run "$pairs" --backend mutex_ring -Z; rc_is 2; err_has "unknown option '-Z'"
run "$pairs" --backend mutx_ring; rc_is 2; err_has "did you mean 'mutex_ring'"
run "$LFBENCH" run --backend nul,mutex_ring -o x.csv; rc_is 2; err_has "did you mean 'null'"
run "$LFBENCH" runn; rc_is 2; err_has "did you mean 'run'"
run "$LFBENCH"; rc_is 2; err_has 'Usage'
run "$pairs"; rc_is 2; err_has '--backend'
run "$pairs" --backend; rc_is 2; err_has 'needs a value'
run "$pairs" --backend mutex_ring extra; rc_is 2; err_has "'extra' is not an option"
run "$pairs" --backend ''; rc_is 2
run "$pairs" --backend ../backends/mutex_ring; rc_is 2
run "$pairs" --backend ./nothing.so; rc_is 2; err_has 'nothing.so'

# Options that contradict each other, or the workload.
run "$pairs" --backend mutex_ring --items 5 --duration 1ms; rc_is 2; err_has '--items and --duration'
run "$pairs" --backend mutex_ring --producers 2; rc_is 2; err_has 'shaped by --threads'
run "$producer_consumer" --backend mutex_ring --threads 2; rc_is 2; err_has '--producers and --consumers'
run "$ping_pong" --backend mutex_ring --threads 3; rc_is 2; err_has '2 to 2'
run "$producer_consumer" --backend mutex_ring --producers 1,2; rc_is 2; err_has 'one cell'
run "$producer_consumer" --backend mutex_ring,null; rc_is 2; err_has 'one cell'
run "$LFBENCH" run --workload pairs --producers 2 -o x.csv; rc_is 2; err_has 'take --threads'
run "$LFBENCH" run --workload producer_consumer --threads 2 -o x.csv; rc_is 2
run "$LFBENCH" run --workload ping_pong --threads 4 -o x.csv; rc_is 2
run "$LFBENCH" run --resume x.csv --backend null; rc_is 2; err_has '--resume'
run "$LFBENCH" run --resume missing.csv; rc_is 2; err_has 'missing.env.json'
run "$LFBENCH" run --backend mutex_ring --capacity 1-300 -o x.csv; rc_is 2; err_has 'more than 256'

# CPUs that are not there.
run "$pairs" --backend mutex_ring --pin cpus:0+9999; rc_is 2; err_has '9999'

# The terminal is safe from what an argument contains.
run "$pairs" --backend "$(printf 'x\033[31mred')"; rc_is 2
check "no escape reaches the terminal" sh -c '! grep -q "$(printf "\033")" "$1"' - "$err"
finish
