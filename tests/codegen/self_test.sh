#!/bin/sh
# self_test.sh [BACKENDS_DIR] - can check.sh fail? Builds example.S once right and once for each way
# to be wrong, and requires that exactly the wrong ones are refused, with the right words. Objects
# of the counting flavour in BACKENDS_DIR are refused when they pose as the others.
# Needs a C compiler ($CC or cc). Exit status: 0 as required, 1 not, 77 not on this machine.
set -u
here=$(dirname "$0")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
case $(uname -m) in
x86_64) ;;
*) echo "self_test.sh: example.S is x86-64 assembly."; exit 77 ;;
esac
failures=0

# build NAME FLAG...: an object in a folder of its own
build() {
	name=$1
	shift
	mkdir -p "$work/$name"
	"${CC:-cc}" -shared -nostdlib -o "$work/$name/example.so" "$@" "$here/example.S" || {
		echo "self_test.sh: example.S cannot be assembled."
		exit 1
	}
}

# expect NAME STATUS WORDS: check.sh's answer to it
expect() {
	"$here/check.sh" "$work/$1" "$work/callees.txt" >"$work/out" 2>&1
	status=$?
	if [ $status -eq "$2" ] && grep -q -e "$3" "$work/out"; then
		echo "ok: $1: $(grep -e "$3" "$work/out" | head -1)"
	else
		echo "FAILED: $1: exit status $status instead of $2, or no '$3' in:"
		cat "$work/out"
		failures=$((failures + 1))
	fi
}

# refused FLAG WORDS: the mutation is found
refused() {
	build "$1" "-D$1"
	expect "$1" 1 "$2"
}

echo "# nothing is called" >"$work/callees.txt"
build right
expect right 0 "1 hot loops in 1 functions of 1 backends, 0 violations"
refused BAD_INDIRECT_CALL "lfb_consume_poll: indirect call or jump"
refused BAD_MEMORY_CALL "lfb_consume_poll: indirect call or jump"
refused BAD_JUMP "lfb_consume_poll: indirect call or jump"
refused BAD_CALL "calls getpid at"
refused BAD_TAIL_CALL "calls getpid at"
refused BAD_COLD "calls getpid at"
refused BAD_LOOP "its hot loop begins at +0x41, not on"
refused BAD_RETRY "its hot loop begins at +0x2, not on" # without a pause it is one loop, from .Lagain
refused BAD_START "starts at 0x"
refused BAD_TLS "lfb_consume_poll: touches a thread-local variable"
refused BAD_SYMBOL "the whole: has lfb_counted: it is of the counting flavour"
refused BAD_SCHEDULING "the whole: has __tsan_read8: it is of the scheduling flavour"
refused SLOW "lfb_consume_poll: calls lfb_pop_polling at"
refused BAD_SLOW "lfb_pop_polling: calls getpid at"
echo "example lfb_consume_poll lfb_pop_polling" >"$work/callees.txt"
expect SLOW 0 "1 hot loops in 1 functions of 1 backends, 0 violations" # a call of it is a wait, no part of the hot loop
expect BAD_SLOW 1 "lfb_pop_polling: calls getpid at"
echo "# nothing is called" >"$work/callees.txt"
build guarded -DGUARD
expect guarded 0 "0 violations"
build stripped -s
expect stripped 1 "no hot loop is in it"

build YIELDS -DYIELDS
expect YIELDS 1 "calls sched_yield at"
echo "exam* lfb_*_poll sched_yield" >"$work/callees.txt"
expect YIELDS 0 "0 violations"
echo "example lfb_consume_poll getpid" >"$work/callees.txt"
expect BAD_CALL 0 "0 violations"
expect right 1 "callees.txt:1: getpid is not needed"
echo "other lfb_consume_poll getpid" >"$work/callees.txt"
expect right 0 "0 violations"
expect BAD_CALL 1 "calls getpid at"
echo "example lfb_consume_poll getpid?" >"$work/callees.txt"
expect right 0 "0 violations"
echo "example lfb_consume_poll INDIRECT" >"$work/callees.txt"
expect BAD_INDIRECT_CALL 0 "0 violations"
echo "example lfb_consume_poll UNALIGNED" >"$work/callees.txt"
expect BAD_LOOP 0 "0 violations"

echo "example lfb_consume_poll TLS" >"$work/callees.txt"
expect BAD_TLS 0 "0 violations"

# Real objects: the counting flavour is passed over by its name, and found out without it.
mkdir "$work/named" "$work/posing"
for object in "${1:-$work}"/vyukov_mpmc.count.so "${1:-$work}"/mutex_ring.count.so; do
	[ -e "$object" ] || continue
	name=$(basename "$object" .count.so)
	cp "$object" "$work/named/"
	cp "${object%.count.so}.so" "$work/named/"
	cp "$object" "$work/posing/$name.so"
	cp "$here/callees.txt" "$work/callees.txt"
	expect posing 1 "$name: the whole: has lfb_counted"
	expect posing 1 "$name: lfb_produce_poll: touches a thread-local variable"
	echo "$name * sched_yield? pthread_mutex_lock? pthread_mutex_unlock? lfb_push_polling? lfb_pop_polling?
$name * lfb_push_parking? lfb_pop_parking? lfb_event_wake? INDIRECT?" >"$work/callees.txt"
	expect named 0 "of 1 backends, 0 violations"
	rm "$work/named/$name.so" "$work"/posing/*
	expect named 2 "no backend"
	rm "$work"/named/*
done

mkdir -p "$work/named"
if [ -e "${1:-$work}/mutex_ring.sched.so" ]; then
	cp "$1/mutex_ring.sched.so" "$work/named/"
	expect named 2 "no backend"
	mv "$work/named/mutex_ring.sched.so" "$work/named/mutex_ring.so"
	expect named 1 "mutex_ring: the whole: has __tsan_"
fi

mkdir "$work/empty"
expect empty 2 "no backend"
[ $failures -eq 0 ]
