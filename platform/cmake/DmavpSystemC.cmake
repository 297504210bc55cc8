# Finds SystemC: a user's own CMake package first, then pkg-config (Debian has no CMake package).
# The result is the target dmavp::systemc.
find_package(SystemCLanguage QUIET CONFIG)
add_library(dmavp_systemc INTERFACE)
add_library(dmavp::systemc ALIAS dmavp_systemc)
if(SystemCLanguage_FOUND)
  target_link_libraries(dmavp_systemc INTERFACE SystemC::systemc)
  message(STATUS "SystemC: CMake package ${SystemCLanguage_VERSION}")
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc>=2.3.3)
  target_link_libraries(dmavp_systemc INTERFACE PkgConfig::SYSTEMC)
  message(STATUS "SystemC: pkg-config ${SYSTEMC_VERSION}")
endif()
# Without this, names such as sc_int pull in deprecated process macros and dynamic processes stay off.
target_compile_definitions(dmavp_systemc INTERFACE SC_INCLUDE_DYNAMIC_PROCESSES)

include(CheckCXXSourceCompiles)
get_target_property(CMAKE_REQUIRED_LIBRARIES dmavp_systemc INTERFACE_LINK_LIBRARIES)
set(CMAKE_REQUIRED_FLAGS -std=c++17)
check_cxx_source_compiles("#include <systemc>\nint sc_main(int, char**) { return 0; }" DMAVP_SYSTEMC_LINKS)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT DMAVP_SYSTEMC_LINKS)
  unset(DMAVP_SYSTEMC_LINKS CACHE)  # ask again next time
  message(FATAL_ERROR "SystemC was found but a C++17 program does not link with it. "
    "libsystemc must have been built as C++17 (its sc_api_version_... symbol names the standard).")
endif()
