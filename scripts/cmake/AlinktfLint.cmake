# Targets that look at the sources instead of building them: layers, format, format-check, lint.
add_custom_target(layers COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/scripts/check_layers.py" "${PROJECT_SOURCE_DIR}"
  VERBATIM)
add_custom_target(format COMMAND "${PROJECT_SOURCE_DIR}/scripts/format" VERBATIM)
add_custom_target(format-check COMMAND "${PROJECT_SOURCE_DIR}/scripts/format" --check VERBATIM)
add_custom_target(lint COMMAND "${PROJECT_SOURCE_DIR}/scripts/lint" "${CMAKE_BINARY_DIR}" --all VERBATIM)
