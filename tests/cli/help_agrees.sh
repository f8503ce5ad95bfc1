# --help, the man pages, the completion and the README name the same commands and options.
[ -z "$SANITIZE" ] || { echo "nothing that a sanitizer could see"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"
man1=$BUILD_DIR/man/lfbench.1
man5=$BUILD_DIR/man/lfbench-csv.5
completion=$BUILD_DIR/completion/lfbench

options_of() { grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE '\-\-[a-z-]+' | sort -u; }

commands=$("$LFBENCH" --help | sed -n '/^Commands:/,/^$/p' | awk 'NR > 1 && NF { print $1 }')
check "there are commands" [ "$(echo "$commands" | wc -w)" -ge 5 ]
for command in $commands; do
	run "$LFBENCH" "$command" --help
	rc_is 0
	out_has 'Usage: lfbench'
	out_has 'Example'
	check "$command is in lfbench(1)" grep -q "Cm $command" "$man1"
	check "$command is in the completion" grep -q "\b$command\b" "$completion"
	check "$command is in the README" grep -q "lfbench $command" "$SOURCE_DIR/README.md"
	for option in $(options_of <"$out"); do
		check "$command $option is in lfbench(1)" grep -qE "(Fl Fl |Fl -)${option#--}( |$)" "$man1"
		check "$command $option is in the completion" grep -q -- "$option" "$completion"
	done
	run "$LFBENCH" "$command" --no-such-option
	rc_is 2
done
# every option that lfbench(1) documents exists
all=$(for command in $commands; do "$LFBENCH" "$command" --help; done | options_of; "$BENCH_DIR/pairs" --help | options_of)
for option in $(grep -oE '^\.It .*Fl (Fl |-)[a-z-]+' "$man1" | grep -oE 'Fl (Fl |-)[a-z-]+' | grep -oE '[a-z][a-z-]+$' | sort -u); do
	check "--$option of lfbench(1) exists" sh -c 'printf "%s\n" "$1" | grep -qx -- "--$2"' - "$all" "$option"
done
# and every option and command the README uses
for option in $(grep -oE '(^|[ `])--[a-z][a-z-]+' "$SOURCE_DIR/README.md" | grep -oE '\-\-[a-z-]+' | sort -u); do
	case $option in --preset | --install | --prefix | --build | --cflags | --libs | --test-dir) continue ;; esac # cmake, pkg-config
	check "$option of the README exists" sh -c 'printf "%s\n" "$1" | grep -qx -- "$2"' - "$all" "$option"
done
for word in $(grep -oE 'lfbench (list|plan|run|show|doctor|[a-z]+) ' "$SOURCE_DIR/README.md" | awk '{ print $2 }' | sort -u); do
	case $word in is | and | itself | are | has | does | measures | with | writes | prints) continue ;; esac
	check "lfbench $word of the README is a command" sh -c 'echo "$1" | grep -qw "$2"' - "$(echo "$commands" | tr '\n' ' ')" "$word"
done

# every column is in lfbench-csv(5), in order, and in the header that is written
"$BENCH_DIR/pairs" --backend null --items 1000 --trials 1 --csv - | head -n 1 | tr ',' '\n' >header
grep -oE '^\.It (Va|Li|Cm|Ic|Sy) [a-z][a-z0-9_]*' "$man5" | awk '{ print $3 }' >documented
check "columns of lfbench-csv(5) are the header" sh -c 'grep -Fxf header documented | cmp -s - header'
check "there are columns" [ "$(wc -l <header)" -gt 80 ]
if command -v mandoc >/dev/null; then
	check "lfbench(1) has no errors" mandoc -T lint -W warning "$man1"
	check "lfbench-csv(5) has no errors" mandoc -T lint -W warning "$man5"
fi
check "the completion is a script" bash -n "$completion"
finish
