# alinktf_embed(<target> <name> <root> <files...>): compile files into the program. Writes <name>.cpp with
# the table alinktf::embedded::<name>(), declared in base/embedded.hpp: path relative to <root>, bytes.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
function(alinktf_embed target name root)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp")
  set(script "${PROJECT_SOURCE_DIR}/scripts/cmake/embed.py")
  add_custom_command(OUTPUT "${out}"
    COMMAND Python3::Interpreter "${script}" "${out}" "${name}" "${root}" ${ARGN}
    DEPENDS "${script}" ${ARGN} VERBATIM)
  target_sources(${target} PRIVATE "${out}")
endfunction()
