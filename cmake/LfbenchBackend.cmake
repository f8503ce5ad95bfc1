# lfbench_add_backend(NAME SOURCE [POOL] [NO_COUNTING] [SCHEDULING] [LIBRARIES ...] [OPTIONS ...] [VERSION v] [OUTPUT_DIRECTORY dir])
#
# Builds SOURCE into NAME.so, a backend as <lfbench/backend.h> describes it; with
# POOL into NAME.pool.so, its flavour with pooled nodes (<lfbench/nodes.h>).
# Used by this tree and, installed, by any project with its own queue.
#
# Beside it NAME.count.so (or NAME.pool.count.so) is built from the same source: the counting
# flavour (<lfbench/counting.h>), which the contention pass loads. NO_COUNTING leaves it out; that
# pass is then not available. The targets are lfb_backend_NAME[_pool] and lfb_backend_NAME[_pool]_count.
#
# With SCHEDULING also NAME.sched.so (or NAME.pool.sched.so), target ..._sched: the scheduling flavour (<lfbench/scheduling.h>), which
# `lfbench check --schedules` loads. Only for queues whose every access to shared memory is in C or C++ of this source or its headers; for
# those with inline assembly, or in a compiled library, that command looks at NAME.so instruction by instruction instead.
#
# With -DLFBENCH_LAYOUTS=N the same code is built N times, its functions in other places each time:
# layouts/K/NAME.so (K = 1..N-1) below the folder of NAME.so, targets lfb_backend_NAME[_pool]_layout_K. `lfbench gate`
# finds them there. They are not installed.
#
# How a backend has to be compiled is a property of the measurement, so it is fixed here:
# - functions, loops and jump targets on 64-byte boundaries: the same SPSC loop moved
#   by 16 bytes was measured 8.6 % slower. (-falign-loops alone leaves rotated loops,
#   which are entered by a jump, where they fall.)
# - one exported symbol; a build id that goes into every row;
# - no GNU_UNIQUE symbols: two builds of a C++ queue must be loadable side by side.
set(LFBENCH_COUNTING_OPTIONS "" CACHE STRING "Further compiler options of the counting flavour, which is never timed, as -O1 to build it sooner")
set(LFBENCH_LAYOUTS 1 CACHE STRING "Builds of each backend, laid out differently (1 to 32; lfbench gate takes at least 4)")

function(lfbench_add_backend name source)
  cmake_parse_arguments(PARSE_ARGV 2 arg "POOL;NO_COUNTING;SCHEDULING" "VERSION;OUTPUT_DIRECTORY" "LIBRARIES;OPTIONS")
  if(arg_POOL)
    set(target lfb_backend_${name}_pool)
    set(output ${name}.pool)
  else()
    set(target lfb_backend_${name})
    set(output ${name})
  endif()
  if(NOT arg_VERSION)
    set(arg_VERSION "${PROJECT_VERSION}")
  endif()
  lfbench_timed_object(${target} ${output} ${source})
  lfbench_add_layouts(${target} ${output} ${source})
  if(NOT arg_NO_COUNTING)
    lfbench_backend_object(${target}_count ${output}.count ${source})
    # Never timed, so where its code lands is no matter.
    target_compile_options(${target}_count PRIVATE "SHELL:-include lfbench/counting.h" ${arg_OPTIONS} ${LFBENCH_COUNTING_OPTIONS})
    target_compile_definitions(${target}_count PRIVATE LFB_COUNTING_FLAVOUR)
  endif()
  if(arg_SCHEDULING)
    lfbench_scheduling_object(${target}_sched ${output}.sched ${source})
  endif()
endfunction()

# Compiled with the thread sanitizer's calls and linked without its library: they are in scheduling.h. A sanitizer of the whole build
# (lfbench_sanitize) stays out of it, since a compiler has only one of them at a time. gcc warns that the thread sanitizer knows no fences; none is needed here.
function(lfbench_scheduling_object target output source)
  list(REMOVE_ITEM arg_LIBRARIES lfbench_sanitize)
  lfbench_backend_object(${target} ${output} ${source})
  target_compile_options(${target} PRIVATE "SHELL:-include lfbench/scheduling.h" ${arg_OPTIONS} -fsanitize=thread
    $<$<OR:$<C_COMPILER_ID:GNU>,$<CXX_COMPILER_ID:GNU>>:-Wno-tsan>)
  target_compile_definitions(${target} PRIVATE LFB_SCHEDULING_FLAVOUR)
endfunction()

# A flavour that is timed. In the scope of lfbench_add_backend, whose arg_* it reads.
function(lfbench_timed_object target output source)
  lfbench_backend_object(${target} ${output} ${source})
  target_compile_options(${target} PRIVATE
    -falign-functions=64 -falign-loops=64 -falign-jumps=64 ${arg_OPTIONS})
endfunction()

# The further layouts: padding (<lfbench/layout.h>), and in odd ones the functions sorted by name, each a section
# of its own, instead of in the compiler's order. Every layout has the same instructions: tests/codegen/layouts.sh. (Not so with
# GCC's -fno-toplevel-reorder, which also gives the order of the source, but passes other arguments to what is not inlined.)
function(lfbench_add_layouts target output source)
  if(NOT LFBENCH_LAYOUTS MATCHES "^([1-9]|[12][0-9]|3[0-2])$")
    message(FATAL_ERROR "LFBENCH_LAYOUTS is '${LFBENCH_LAYOUTS}': give a number from 1 to 32")
  endif()
  set(layout 1)
  while(layout LESS LFBENCH_LAYOUTS)
    set(variant ${target}_layout_${layout})
    lfbench_timed_object(${variant} ${output} ${source})
    target_compile_options(${variant} PRIVATE "SHELL:-include lfbench/layout.h")
    target_compile_definitions(${variant} PRIVATE LFB_LAYOUT=${layout})
    math(EXPR by_name "${layout} % 2")
    if(by_name)
      target_compile_options(${variant} PRIVATE -ffunction-sections)
      target_link_options(${variant} PRIVATE -Wl,--sort-section=name)
    endif()
    get_target_property(folder ${target} LIBRARY_OUTPUT_DIRECTORY)
    if(NOT folder)
      set(folder ${CMAKE_CURRENT_BINARY_DIR})
    endif()
    set_target_properties(${variant} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${folder}/layouts/${layout})
    math(EXPR layout "${layout} + 1")
  endwhile()
endfunction()

# What all flavours have in common. In the scope of lfbench_add_backend, whose arg_* it reads.
function(lfbench_backend_object target output source)
  add_library(${target} MODULE ${source})
  target_link_libraries(${target} PRIVATE lfbench::backend ${arg_LIBRARIES})
  target_compile_options(${target} PRIVATE
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-fno-gnu-unique>)
  target_compile_definitions(${target} PRIVATE
    LFB_LIBRARY_VERSION="${arg_VERSION}" $<$<BOOL:${arg_POOL}>:LFB_NODES_POOL>)
  target_link_options(${target} PRIVATE -Wl,--build-id=sha1)
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME ${output} SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(arg_OUTPUT_DIRECTORY)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${arg_OUTPUT_DIRECTORY})
  endif()
endfunction()
