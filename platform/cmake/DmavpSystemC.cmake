# Finds SystemC: a user's own CMake package first, then pkg-config (Debian has no CMake package). The result is the
# imported target dmavp::systemc. Included by the build and by the installed package; what is wrong is left in
# DMAVP_SYSTEMC_PROBLEM, empty if nothing is.
function(dmavp_find_systemc)
  set(DMAVP_SYSTEMC_PROBLEM "" PARENT_SCOPE)
  if(TARGET dmavp::systemc)
    return()
  endif()

  find_package(SystemCLanguage QUIET CONFIG)
  if(SystemCLanguage_FOUND)
    set(library SystemC::systemc)
    set(origin "CMake package ${SystemCLanguage_VERSION}")
  else()
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
      pkg_check_modules(DMAVP_SYSTEMC QUIET IMPORTED_TARGET GLOBAL systemc>=2.3.3)
    endif()
    if(NOT DMAVP_SYSTEMC_FOUND)
      set(DMAVP_SYSTEMC_PROBLEM "SystemC 2.3.3 or later was found neither as a CMake package (SystemCLanguage) nor by \
pkg-config (Debian: libsystemc-dev, pkg-config)." PARENT_SCOPE)
      return()
    endif()
    set(library PkgConfig::DMAVP_SYSTEMC)
    set(origin "pkg-config ${DMAVP_SYSTEMC_VERSION}")
  endif()

  include(CheckCXXSourceCompiles)
  set(CMAKE_CXX_STANDARD 17)  # whatever the project at hand says
  set(CMAKE_REQUIRED_LIBRARIES ${library})
  set(CMAKE_REQUIRED_FLAGS -std=c++17)
  set(CMAKE_REQUIRED_QUIET ON)
  check_cxx_source_compiles("#include <systemc>\nint sc_main(int, char**) { return 0; }" DMAVP_SYSTEMC_LINKS)
  if(NOT DMAVP_SYSTEMC_LINKS)
    unset(DMAVP_SYSTEMC_LINKS CACHE)  # ask again next time
    set(DMAVP_SYSTEMC_PROBLEM "SystemC was found (${origin}) but a C++17 program does not link with it. libsystemc \
must have been built as C++17 (its sc_api_version_... symbol names the standard)." PARENT_SCOPE)
    return()
  endif()
  message(STATUS "SystemC: ${origin}")

  add_library(dmavp::systemc INTERFACE IMPORTED GLOBAL)
  # Without the definition, names such as sc_int pull in deprecated process macros and dynamic processes stay off.
  set_target_properties(dmavp::systemc PROPERTIES INTERFACE_LINK_LIBRARIES ${library}
    INTERFACE_COMPILE_DEFINITIONS SC_INCLUDE_DYNAMIC_PROCESSES INTERFACE_COMPILE_FEATURES cxx_std_17)
endfunction()
dmavp_find_systemc()
