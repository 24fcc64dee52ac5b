# alinktf_flags: the compile flags every first-party target links privately.
add_library(alinktf_flags INTERFACE)
target_compile_features(alinktf_flags INTERFACE cxx_std_20)
target_compile_options(alinktf_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond;-Wlogical-op>
  $<$<BOOL:${ALINKTF_WERROR}>:-Werror>)

option(ALINKTF_FUZZ "Build the targets of tests/fuzz as programs (clang with libFuzzer)" OFF)
set(ALINKTF_SANITIZE "" CACHE STRING "Sanitizers for all first-party targets, e.g. address,undefined")
if(ALINKTF_SANITIZE)
  add_compile_options(-fsanitize=${ALINKTF_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ALINKTF_SANITIZE})
  # Instrumented code gives g++ false findings of this kind inside <functional> and <regex>.
  target_compile_options(alinktf_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

# alinktf_module(<room> SOURCES ... DEPS <rooms> EXTERNAL <packages>): lib/<room> as the static library
# alinktf_<room>. DEPS are visible to users of the room's headers; EXTERNAL stays inside its .cpp files.
function(alinktf_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  list(TRANSFORM arg_DEPS PREPEND alinktf_)
  add_library(alinktf_${name} STATIC ${arg_SOURCES})
  target_link_libraries(alinktf_${name} PUBLIC ${arg_DEPS} fmt::fmt PRIVATE alinktf_flags ${arg_EXTERNAL})
  target_include_directories(alinktf_${name} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
endfunction()
