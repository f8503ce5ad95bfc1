# layouts.sh - LFBENCH_LAYOUTS: every layout of a backend is the same instructions in other places. Uses $SOURCE_DIR.
. "$SOURCE_DIR/tests/lib/check.sh"
command -v objdump >/dev/null || { echo "objdump is not installed (Debian package binutils)"; exit 77; }
export CMAKE_GENERATOR=Ninja # a system that has only what scripts/test installs has no make
mkdir project
cp "$SOURCE_DIR/examples/plugin/my_queue.c" project/in_c.c
cp "$SOURCE_DIR/examples/plugin/my_queue.c" project/in_cxx.cc
cat >project/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.22)
project(layouts VERSION 1 LANGUAGES C CXX)
set(CMAKE_C_FLAGS_RELEASE -O2)
set(CMAKE_CXX_FLAGS_RELEASE -O2)
find_package(Threads REQUIRED)
add_library(lfbench::backend INTERFACE IMPORTED)
target_include_directories(lfbench::backend INTERFACE "$SOURCE_DIR/include")
target_link_libraries(lfbench::backend INTERFACE Threads::Threads)
include("$SOURCE_DIR/cmake/LfbenchBackend.cmake")
lfbench_add_backend(in_c in_c.c NO_COUNTING)
lfbench_add_backend(in_cxx in_cxx.cc NO_COUNTING OUTPUT_DIRECTORY \${PROJECT_BINARY_DIR}/cxx)
END

for wrong in 0 33 many -1; do
	run cmake -S project -B wrong -DLFBENCH_LAYOUTS=$wrong
	check "LFBENCH_LAYOUTS=$wrong is refused" [ "$rc" -ne 0 ]
	err_has "LFBENCH_LAYOUTS is '$wrong'"
done
run cmake -S project -B plain -DCMAKE_BUILD_TYPE=Release
rc_is 0
run cmake --build plain --target help
out_has lfb_backend_in_c
out_lacks _layout_
run cmake -S project -B build -DCMAKE_BUILD_TYPE=Release -DLFBENCH_LAYOUTS=3
rc_is 0
run cmake --build build --parallel 2
rc_is 0

# Symbols and where in a page they begin.
places() { nm "$1" | awk '$2 ~ /^[tT]$/ && $3 ~ /lfb_/ && $3 !~ /\.cold$/ { print $3, substr($1, length($1) - 2) }' | sort; }
# The instructions of each function, without addresses and the padding between.
instructions() {
	objdump -d -j .text --no-show-raw-insn "$1" | awk '
		/^[0-9a-f]+ </ { name = $2; next }
		/^ +[0-9a-f]+:/ {
			sub(/^ +[0-9a-f]+:[ \t]*/, "")
			if ($1 ~ /^(nop|data16|cs|int3)/ || /^xchg +%ax,%ax/ || /^add +%al,\(%rax\)/)
				next
			sub(/ *#.*/, "")
			gsub(/[0-9a-f]+ </, "<")
			gsub(/\+0x[0-9a-f]+>/, ">")
			gsub(/-?0x[0-9a-f]+\(%rip\)/, "(%rip)")
			print name, $0
		}' | sort -s -k 1,1
}
for object in in_c.so cxx/in_cxx.so; do
	folder=build/$(dirname "$object") name=$(basename "$object")
	places "build/$object" >places.0
	instructions "build/$object" >instructions.0
	check "$object: there is something to compare" [ "$(wc -l <places.0)" -gt 20 ]
	check "$object: instructions, too" [ "$(wc -l <instructions.0)" -gt 1000 ]
	for layout in 1 2; do
		variant=$folder/layouts/$layout/$name
		places "$variant" >"places.$layout"
		instructions "$variant" >"instructions.$layout"
		check "$variant: the same functions" [ "$(cut -d ' ' -f 1 places.0)" = "$(cut -d ' ' -f 1 places.$layout)" ]
		check "$variant: the same instructions" cmp -s instructions.0 "instructions.$layout"
		check "$variant: timed functions begin on 64 bytes" sh -c '! grep -E "(produce|consume|pairs)_poll" "$1" | grep -Eqv "[048c]0$"' - "places.$layout"
		for other in 0 1; do
			[ "$other" -lt "$layout" ] || continue
			# Sorted another way a few come to lie where they were by chance, one in 64.
			check "$variant: elsewhere than in layout $other" [ "$(comm -12 "places.$other" "places.$layout" | wc -l)" -lt $(($(wc -l <places.0) / 4)) ]
		done
	done
done
finish
