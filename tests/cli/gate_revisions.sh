# scripts/ci/gate-revisions: a repository with a backend of its own, two revisions of it, and in place of lfbench a
# stub that notes how it was called, so that nothing here depends on what the gate measures.
[ -z "$SANITIZE" ] || { echo "nothing that a sanitizer could see: it is a script that builds"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"
command -v git >/dev/null || { echo "git is not installed"; exit 77; }
gate_revisions=$SOURCE_DIR/scripts/ci/gate-revisions
export TMPDIR=$work/tmp GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=me GIT_AUTHOR_EMAIL=me@example.org GIT_COMMITTER_NAME=me GIT_COMMITTER_EMAIL=me@example.org
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
mkdir "$TMPDIR"
cmake --install "$BUILD_DIR" --prefix "$work/prefix" >"$out" 2>&1 || { cat "$out"; exit 1; }
# What the code does is no matter here: it need not be fast.
prefix=(-DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_FLAGS_RELEASE=-g0 -DCMAKE_C_COMPILER_WORKS=1)

# Notes its arguments, one a line, and what lies where they point to; ends as told.
cat >stub <<'END'
#!/bin/sh
[ "$2" != --help ] || exit 0
printf '%s\n' "$@" >"$STUB_NOTES"
for side in "$3" "$5"; do (cd "$side" && find . -name '*.so' ! -path './CMakeFiles/*' | sort) >>"$STUB_NOTES.files"; done
[ -z "${STUB_KEEP:-}" ] || { mkdir "$STUB_KEEP" && cp -r "$3" "$STUB_KEEP/base" && cp -r "$5" "$STUB_KEEP/head"; }
[ -z "${STUB_SLEEP:-}" ] || exec sleep "$STUB_SLEEP"
exit "${STUB_STATUS:-0}"
END
chmod +x stub
export LFBENCH=$work/stub STUB_NOTES=$work/notes

git init -q -b main mine
cp "$SOURCE_DIR/examples/plugin/my_queue.c" mine/
cat >mine/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.22)
project(mine VERSION 1 LANGUAGES C)
find_package(lfbench REQUIRED)
lfbench_add_backend(my_queue my_queue.c NO_COUNTING)
END
git -C mine add . && git -C mine commit -qm "A queue"
git -C mine tag first
sed -i 's/^ \* - Claim what the code does/ * - A comment changes no code: claim what it does/' mine/my_queue.c
git -C mine commit -qam "A comment"
git -C mine tag comment
printf '\nlfbench_add_backend(further my_queue.c NO_COUNTING)\n' >>mine/CMakeLists.txt
printf '\nextern const int changed_in_head;\n__attribute__((visibility("hidden"), used)) const int changed_in_head = 1;\n' >>mine/my_queue.c
git -C mine commit -qam "Changed, and a further backend"
git -C mine tag changed
printf '#error this does not compile\n' >>mine/my_queue.c
git -C mine commit -qam "Broken"
git -C mine tag broken

revisions() { rm -f notes notes.files; run "$gate_revisions" --repo mine "$@"; }
nothing_left() { [ -z "$(ls -A "$TMPDIR")" ] && [ "$(git -C mine worktree list | wc -l)" -eq 1 ]; }
argument_after() { grep -A 1 -Fx -- "$1" notes | tail -n 1; }

# Both revisions built, in layouts, and the gate called with them. Words with blanks stay whole.
STUB_KEEP=$work/kept STUB_STATUS=1 revisions first changed --layouts 4 --gate "--budget 7s --strict" --allow-unlike -- "${prefix[@]}" "-DUNUSED=a b" -- -o "a file.csv"
rc_is 1
err_has '^gate-revisions: base \([0-9a-f]{12}\): building 1 objects'
err_has '^gate-revisions: further: only head builds it; left out'
err_has '^gate-revisions: head \([0-9a-f]{12}\): building 4 layouts of my_queue'
out_lacks identical
check "worktrees and builds are gone" nothing_left
check "gate first" [ "$(head -n 1 notes)" = gate ]
check "base's folder" [ "$(argument_after --base)" != "$(argument_after --head)" ]
check "the backend" [ "$(argument_after --backend)" = my_queue ]
check "options of --gate" [ "$(argument_after --budget)" = 7s ]
check "a flag of --gate" grep -Fxq -- --strict notes
check "--allow-unlike" grep -Fxq -- --allow-unlike notes
check "options after the second --" [ "$(argument_after -o)" = "a file.csv" ]
check "four layouts on both sides" [ "$(grep -c 'my_queue.so$' notes.files)" -eq 8 ]
for side in base head; do
	check "$side: layout 0" [ -e "kept/$side/my_queue.so" ]
	for layout in 1 2 3; do check "$side: layout $layout" [ -e "kept/$side/layouts/$layout/my_queue.so" ]; done
	check "$side: none of 4" [ ! -e "kept/$side/layouts/4" ]
done
check "base and head differ" sh -c '! cmp -s kept/base/my_queue.so kept/head/my_queue.so'

check "layouts differ" sh -c '! cmp -s kept/head/layouts/1/my_queue.so kept/head/layouts/2/my_queue.so'

# Equal code is equal bytes though it was built in another folder: not measured, unless asked for.
GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$work/summary revisions first comment -- "${prefix[@]}" -DCMAKE_C_FLAGS_RELEASE=-g
rc_is 0
out_has '^identical: my_queue: the same bytes in both revisions$'
out_has '^No backend has changed'
check "no gate was started" [ ! -e notes ]
check "worktrees and builds are gone" nothing_left

# --keep leaves everything, and says where.
revisions first comment --measure-identical --layouts 4 --keep -- "${prefix[@]}"
rc_is 0
err_has "^gate-revisions: left in $TMPDIR/gate-revisions\.[A-Za-z0-9]+; to remove it: git "
for side in base head; do
	check "$side's worktree and log are there" [ -e "$TMPDIR"/gate-revisions.*/$side/source/my_queue.c -a -s "$TMPDIR"/gate-revisions.*/$side/log ]
	git -C mine worktree remove --force "$TMPDIR"/gate-revisions.*/$side/source
done
rm -r "$TMPDIR"/gate-revisions.*
out_has '^identical: my_queue: .* measured nevertheless'
check "a gate was started" [ "$(argument_after --backend)" = my_queue ]
check "four layouts" [ "$(grep -c 'layouts/[123]/my_queue.so$' notes.files)" -eq 6 ]
check "the step's summary says so" grep -q '^No backend has changed' summary

# What cannot be compared, with the reason, and status 2.
refused() {
	pattern=$1
	shift
	revisions "$@"
	rc_is 2
	err_has "$pattern"
	check "no gate was started" [ ! -e notes ]
	check "worktrees and builds are gone" nothing_left
}
refused "base: there is no revision 'nowhere'.*git branch" nowhere changed
refused "head: there is no revision" first 'changed^{blob}'
refused "unknown option '--output=x'" first --output=x
refused "give two revisions" first
refused "give two revisions" first comment changed
refused "is not from 4 to 32" --layouts 3 first changed
refused "is not from 4 to 32" --layouts 33 first changed
refused "'many' is not a number" --layouts many first changed
refused "needs a value" first changed --backend
refused "is not in the repository" --source ../mine first changed
refused "has no bench/CMakeLists.txt" --source bench first changed
refused "is not in the build folder" --objects /tmp first changed
refused "neither revision builds a 'nobody'" --backend nobody first changed -- "${prefix[@]}"
refused "built by both revisions.*nothing to compare" --backend further first changed -- "${prefix[@]}"
refused "built by both revisions.*my_queue.so.*--objects" --objects elsewhere first changed -- "${prefix[@]}"
refused "head \([0-9a-f]{12}\) does not build. The end of its log" first broken -- "${prefix[@]}"
err_has 'error: #error this does not compile'
refused "base \([0-9a-f]{12}\) cannot be configured" first changed -- -DCMAKE_PREFIX_PATH=/nonexistent -DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF -Dlfbench_DIR=/nonexistent -DCMAKE_C_COMPILER=/nonexistent/cc
LFBENCH=$work/nothing refused "is no program" first changed
LFBENCH=/bin/false refused "has no 'gate' command" first changed
run "$gate_revisions" --repo "$work/tmp" first changed
rc_is 2
err_has "not in a git repository"

git -C mine checkout -q changed
echo "/* not committed */" >>mine/my_queue.c
refused "changes that are not committed.*--allow-dirty" first HEAD
git -C mine status --porcelain >status
check "they are still there" grep -q my_queue.c status
git -C mine checkout -q my_queue.c
git clone -q --depth 1 "file://$work/mine" shallow 2>"$err"
run "$gate_revisions" --repo shallow first HEAD
rc_is 2
err_has 'shallow.*git fetch --unshallow'

# Interrupted: what runs is ended, and nothing is left.
interrupt() { # SIGNAL STATUS
	rm -f notes notes.files
	# A shell's background process has SIGINT ignored, and a shell script cannot undo that.
	STUB_SLEEP=60 env --default-signal=INT "$gate_revisions" --repo mine first changed --layouts 4 -- "${prefix[@]}" >"$out" 2>"$err" &
	script=$!
	check "the gate was started" within 120 pgrep -f '^sleep 60$' -P "$script" >/dev/null
	sleeper=$(pgrep -f '^sleep 60$' -P "$script")
	kill -s "$1" "$script"
	wait "$script"
	rc=$?
	rc_is "$2"
	err_has '^gate-revisions: interrupted'
	check "the gate was ended" [ -n "$sleeper" ]
	check "the gate was ended" sh -c '! kill -0 "$1" 2>/dev/null' - "$sleeper"
	check "worktrees and builds are gone" nothing_left
}
interrupt INT 130
interrupt TERM 143

run "$gate_revisions" --help
rc_is 0
out_has '^Examples:'
finish
