# dmavp_add_module(NAME SOURCES file...) builds a loadable module of the simulated system (C or C++), NAME.so, into
# <build>/modules: in this tree, and in any project that has found the installed package (find_package(dmavp)).
# A module links with the kernel library only, never with another module: what it needs of others is resolved by the
# module loader when it is loaded (design decision 14).
function(dmavp_add_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "dmavp_add_module(${name} ...): wanted is NAME SOURCES file...")
  endif()
  string(REPLACE "-" "_" modname ${name})
  add_library(${name} MODULE ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/modules
    CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON C_STANDARD 11 C_EXTENSIONS ON)
  target_link_libraries(${name} PRIVATE dmavp::kernel)
  set_property(GLOBAL APPEND PROPERTY DMAVP_MODULES ${name})
  if(TARGET dmavp_warnings)
    target_link_libraries(${name} PRIVATE dmavp_warnings)
  endif()
  target_compile_definitions(${name} PRIVATE KBUILD_MODNAME="${modname}" DMAVP_MODULE)
  # Messages that name a source file (BUG, WARN) are the same wherever the sources lie.
  target_compile_options(${name} PRIVATE -fvisibility=hidden -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=
    $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique -fno-exceptions -fno-rtti>)
endfunction()
