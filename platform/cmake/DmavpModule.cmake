# dmavp_add_module(NAME SOURCES file...) builds a loadable module of the simulated system (C or C++).
# A module links with the kernel library only, never with another module: what it needs of others is
# resolved by the module loader when it is loaded (design decision 14).
function(dmavp_add_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  string(REPLACE "-" "_" modname ${name})
  add_library(${name} MODULE ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/modules)
  target_link_libraries(${name} PRIVATE dmavp_kernel dmavp_warnings)
  target_compile_definitions(${name} PRIVATE KBUILD_MODNAME="${modname}" DMAVP_MODULE)
  target_compile_options(${name} PRIVATE -fvisibility=hidden
    $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique -fno-exceptions -fno-rtti>)
endfunction()
