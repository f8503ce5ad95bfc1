# The bash completion offers what can come next: commands, options, their values, backends, files.
[ -z "$SANITIZE" ] || { echo "nothing that a sanitizer could see"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"
. "$BUILD_DIR/completion/lfbench"
compopt() { :; } # works only while bash itself completes

# offers FUNCTION WORD ... = OFFER ...: completing the last word gives exactly these
offers() {
	function=$1
	shift
	COMP_WORDS=()
	while [ "$1" != = ]; do
		COMP_WORDS+=("$1")
		shift
	done
	shift
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	"$function" >"$out" 2>"$err"
	echo "${COMPREPLY[*]}" >>"$out"
	last="${COMP_WORDS[*]}"
	check "'$last' offers: $*" [ "${COMPREPLY[*]}" = "$*" ]
}

mkdir folder && touch today.csv queue.so other.txt
offers _lfbench "$LFBENCH" ru = run
offers _lfbench "$LFBENCH" --v = --version
offers _lfbench "$LFBENCH" run --ba = --backend --batch
offers _lfbench "$LFBENCH" run --items '' =
offers _lfbench "$LFBENCH" check mutex_r = mutex_ring
offers _lfbench "$LFBENCH" check al = all
offers _lfbench "$LFBENCH" check ./q = ./queue.so
offers _lfbench "$LFBENCH" check --show-progress n = never
offers _lfbench "$LFBENCH" check --progress mutex_r = mutex_ring
offers _lfbench "$LFBENCH" run --progress n = never
offers _lfbench "$LFBENCH" check --shape stal = stalls stalled_reuse
offers _lfbench "$LFBENCH" run --backend mutex_r = mutex_ring
offers _lfbench "$LFBENCH" run -b null,mutex_r = null,mutex_ring
offers _lfbench "$LFBENCH" run -b ./q = ./queue.so
offers _lfbench "$LFBENCH" run --wait spin,y = spin,yield
offers _lfbench "$LFBENCH" run --wait b = block backoff
offers _lfbench "$LFBENCH" run --work-dist b = bimodal
offers _lfbench "$LFBENCH" run --work-dist constant,e = constant,exponential
offers _lfbench "$LFBENCH" run --workload al = all
offers _lfbench "$LFBENCH" run --pass '' = throughput latency contention all
offers _lfbench "$LFBENCH" run --payload '' =
offers _lfbench "$LFBENCH" run --topology d = diamond
offers _lfbench "$LFBENCH" plan --workload pi = ping_pong pipeline
offers _lfbench "$LFBENCH" run --pin c = compact cpus:
offers _lfbench "$LFBENCH" show '' = today.csv folder
offers _lfbench "$LFBENCH" show --as = --ascii
offers _lfbench_bench "$BENCH_DIR/pairs" --backend mutex_r = mutex_ring
offers _lfbench_bench "$BENCH_DIR/pairs" --alloc '' = malloc pool
offers _lfbench_bench "$BENCH_DIR/pairs" --cs = --csv
finish
