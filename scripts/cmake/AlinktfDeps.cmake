# Every third-party package, found once. Nothing is downloaded; all come from the system.
find_package(Threads REQUIRED)
find_package(CLI11 2.1 CONFIG REQUIRED)
find_package(nlohmann_json 3.11 CONFIG REQUIRED)
find_package(Boost 1.74 CONFIG REQUIRED COMPONENTS headers)
find_package(Protobuf 3.21 MODULE REQUIRED)  # Debian ships no protobuf-config.cmake
find_package(fmt 9.1 CONFIG REQUIRED)
find_package(spdlog 1.10 CONFIG REQUIRED)  # the compiled library: its header-only form costs 6 s a file
find_package(LibArchive 3.6 REQUIRED)  # headers; archive/ and fetch/ load these two libraries when needed
find_package(CURL 7.88 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(ZLIB REQUIRED)

find_program(ALINKTF_CCACHE ccache)
if(ALINKTF_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ALINKTF_CCACHE})
endif()
