# docs/gate-proof.md: every line of its tables is a line of a table that the scripts made, in results/gate-proof/.
. "$SOURCE_DIR/tests/lib/check.sh"
cat "$SOURCE_DIR"/results/gate-proof/*.txt | sed 's/ *$//' | sort -u >made
awk '/^```/ { inside = !inside; shell = $0 ~ /sh$/; next } inside && !shell && NF' "$SOURCE_DIR/docs/gate-proof.md" | sed 's/ *$//' | sort -u >shown
check "there are tables" [ "$(wc -l <shown)" -gt 50 ]
comm -23 shown made >invented
check "each line was made by a script: $(head -n 3 invented)" [ ! -s invented ]
finish
