# ck_primitives.sh - does <lfbench/counting_ck_pr.h> know every read-modify-write that the installed
# ck_pr.h defines? A newer ConcurrencyKit may have more. Uses $SOURCE_DIR and a C compiler ($CC or cc).
. "$SOURCE_DIR/tests/lib/check.sh"

run true # so that there is an output to show
echo '#include <ck_pr.h>' >ck.c
if ! ${CC:-cc} -E -P ck.c >ck.i 2>/dev/null; then
	echo "skipped: ConcurrencyKit's headers are not installed"
	exit 77
fi
# What it defines, but for loads (of one word), stores, fences and hints.
grep -Eo '\bck_pr_[a-z0-9_]+ *\(' ck.i | tr -d ' (' | sort -u |
	grep -Ev '^ck_pr_(md_|barrier|stall|rfo|fence_|load_(8|16|32|64|char|int|uint|ptr|double)$|store_|rtm_)' >defined
grep -Eo '^#define ck_pr_[a-z0-9_]+\(' "$SOURCE_DIR/include/lfbench/counting_ck_pr.h" | sed 's/#define //; s/(//' |
	sort -u >counted
check "there are many" [ "$(wc -l <defined)" -ge 100 ]
comm -23 defined counted >missing
check "all are counted; missing: $(tr '\n' ' ' <missing)" [ ! -s missing ]
finish
