# What every target of this tree shares: warnings, sanitizers, the host's libraries.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(HWLOC REQUIRED IMPORTED_TARGET hwloc)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
find_path(LIBCSV_INCLUDE_DIR csv.h REQUIRED)
find_library(LIBCSV_LIBRARY csv REQUIRED) # libcsv has no .pc file

add_library(lfbench_warnings INTERFACE)
target_compile_options(lfbench_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual -Wundef -Wvla
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition>
  $<$<BOOL:${LFBENCH_WERROR}>:-Werror>)

add_library(lfbench_sanitize INTERFACE)
if(LFBENCH_SANITIZE)
  # What the sanitizers insert, and the little optimisation, make GCC see variables unset that are not; the ci build looks.
  target_compile_options(lfbench_sanitize INTERFACE
    -fsanitize=${LFBENCH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-maybe-uninitialized)
  target_link_options(lfbench_sanitize INTERFACE -fsanitize=${LFBENCH_SANITIZE})
endif()
