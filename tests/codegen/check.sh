#!/bin/sh
# check.sh BACKENDS_DIR [CALLEES] - disassembles every NAME.so there (of the timing flavour: NAME.count.so and NAME.sched.so
# are never timed) and checks its hot loops, lfb_{produce,consume,pairs,ping,pong}[_batch]_{poll,park,block} with what the compiler split
# off them, and the slow paths that these call when they have to wait or to wake, lfb_{push,pop}_{polling,parking}
# and lfb_event_wake. (The _audit loops are never timed; the loops of applications call their functions.)
#
# 1. No indirect call or jump: nothing stands between a loop and its queue.
# 2. No call at all but those that CALLEES (callees.txt beside this file) lists for that backend
#    and loop or slow path. So the polling loops of a queue that is only a header call nothing but
#    a slow path. An entry that nothing needs is a violation too: the list says what happens, not what may.
# 3. Each loop's function starts on a 64-byte boundary, and so does the hot loop of each, batch loops
#    excepted. Precisely: take the function's control flow without the instructions that wait
#    (pause, calls of sched_yield, pthread_cond_wait and the slow paths), and of that what is still reached from
#    the start: it is what runs while items flow. A cycle in it is a hot loop, and its code
#    begins at the lowest address that a backward branch of the cycle goes to. That address must
#    be a multiple of 64. Not asserted: where the other backward branches of the same cycle go
#    (to try a CAS again, or after EMPTY), since they are taken only after a failure; batch
#    loops, in which cycles over batches, items and tries nest, and the costs are spread.
# 4. Nothing counts: no symbol of <lfbench/counting.h> is in the object, and no hot loop touches a
#    thread-local variable, which is what the counters are.
# 5. Nobody schedules: an access to memory is an access to memory. No symbol of <lfbench/scheduling.h> is in the object.
#
# Exit status: 0 all hold, 1 a violation, 2 usage or an unreadable file, 77 not an x86-64 object.
set -u
here=$(dirname "$0")
backends=${1:-}
callees=${2:-$here/callees.txt}

fail() {
	echo "check.sh: $1" >&2
	exit "$2"
}

if [ -z "$backends" ] || [ $# -gt 2 ]; then
	fail "usage: check.sh BACKENDS_DIR [CALLEES]" 2
fi
[ -r "$callees" ] || fail "$callees: cannot be read. Name a list of callees." 2
command -v objdump >/dev/null || fail "objdump is not installed. Install the package binutils." 77

disassemble() {
	for object in "$backends"/*.so; do
		case $object in
		*.count.so | *.sched.so) continue ;;
		esac
		echo "@backend $(basename "$object" .so)"
		objdump -t "$object" | awk 'NF > 4 { print "@symbol " $NF }'
		objdump -d -C --no-show-raw-insn "$object" || fail "$object: cannot be disassembled." 2
	done
}

first=
for object in "$backends"/*.so; do
	case $object in
	*.count.so | *.sched.so) ;;
	*) first=${first:-$object} ;;
	esac
done
[ -e "$first" ] || fail "$backends: no backend (NAME.so) is there. Build first." 2
case $(objdump -f "$first") in
*"file format elf64-x86-64"*) ;;
*) fail "$first: only x86-64 assembly is understood." 77 ;;
esac
listing=$(mktemp) || fail "no temporary file: set TMPDIR." 2
trap 'rm -f "$listing"' EXIT
trap 'exit 130' INT TERM
disassemble >"$listing" || exit 2
awk -f "$here/check.awk" "$callees" "$listing"
