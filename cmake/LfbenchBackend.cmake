# lfbench_add_backend(NAME SOURCE [POOL] [NO_COUNTING] [LIBRARIES ...] [OPTIONS ...] [VERSION v] [OUTPUT_DIRECTORY dir])
#
# Builds SOURCE into NAME.so, a backend as <lfbench/backend.h> describes it; with
# POOL into NAME.pool.so, its flavour with pooled nodes (<lfbench/nodes.h>).
# Used by this tree and, installed, by any project with its own queue.
#
# Beside it NAME.count.so (or NAME.pool.count.so) is built from the same source: the counting
# flavour (<lfbench/counting.h>), which the contention pass loads. NO_COUNTING leaves it out; that
# pass is then not available. The targets are lfb_backend_NAME[_pool] and lfb_backend_NAME[_pool]_count.
#
# How a backend has to be compiled is a property of the measurement, so it is fixed here:
# - functions, loops and jump targets on 64-byte boundaries: the same SPSC loop moved
#   by 16 bytes was measured 8.6 % slower. (-falign-loops alone leaves rotated loops,
#   which are entered by a jump, where they fall.)
# - one exported symbol; a build id that goes into every row;
# - no GNU_UNIQUE symbols: two builds of a C++ queue must be loadable side by side.
function(lfbench_add_backend name source)
  cmake_parse_arguments(PARSE_ARGV 2 arg "POOL;NO_COUNTING" "VERSION;OUTPUT_DIRECTORY" "LIBRARIES;OPTIONS")
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
  lfbench_backend_object(${target} ${output} ${source})
  target_compile_options(${target} PRIVATE
    -falign-functions=64 -falign-loops=64 -falign-jumps=64 ${arg_OPTIONS})
  if(NOT arg_NO_COUNTING)
    lfbench_backend_object(${target}_count ${output}.count ${source})
    # Never timed, so where its code lands is no matter.
    target_compile_options(${target}_count PRIVATE "SHELL:-include lfbench/counting.h" ${arg_OPTIONS})
    target_compile_definitions(${target}_count PRIVATE LFB_COUNTING_FLAVOUR)
  endif()
endfunction()

# What both flavours have in common. In the scope of lfbench_add_backend, whose arg_* it reads.
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
