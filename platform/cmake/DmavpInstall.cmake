# What is installed and where. The program finds its data relative to itself (platform/config/paths.cpp) and the package
# its targets relative to its own files, so the whole may be moved.
include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/dmavp)

# The models, for other platforms: find_package(dmavp COMPONENTS dmac ...).
set(models base_logic base bus memory_logic memory dmac_logic dmac_registers dmac peripherals_logic peripherals)
foreach(name ${models})
  set_target_properties(dmavp_${name} PROPERTIES EXPORT_NAME ${name})
endforeach()
list(TRANSFORM models PREPEND dmavp_)
install(TARGETS ${models} EXPORT dmavp-models ARCHIVE COMPONENT development)
install(EXPORT dmavp-models NAMESPACE dmavp:: DESTINATION ${package} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models/ DESTINATION ${DMAVP_INCLUDE_DIR} COMPONENT development
  FILES_MATCHING PATTERN "*.h" PATTERN engine_impl.h EXCLUDE
  PATTERN register_text.h EXCLUDE)

# The program with its kernel and modules, and what modules of others are built with.
set_target_properties(dmavp_program PROPERTIES EXPORT_NAME program INSTALL_RPATH "$ORIGIN/../lib/dmavp")
set_target_properties(dmavp_kernel PROPERTIES EXPORT_NAME kernel)
install(TARGETS dmavp_program dmavp_kernel EXPORT dmavp-software
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program
  LIBRARY DESTINATION lib/dmavp COMPONENT program)
install(EXPORT dmavp-software NAMESPACE dmavp:: DESTINATION ${package} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sw/include/ DESTINATION ${DMAVP_KERNEL_INCLUDE_DIR} COMPONENT development
  FILES_MATCHING PATTERN "*.h")

get_property(modules GLOBAL PROPERTY DMAVP_MODULES)
set_target_properties(${modules} PROPERTIES INSTALL_RPATH "$ORIGIN/..")
install(TARGETS ${modules} LIBRARY DESTINATION lib/dmavp/modules COMPONENT program)
get_directory_property(data DIRECTORY ${PROJECT_SOURCE_DIR}/platform DEFINITION DMAVP_DATA)
foreach(file ${data})
  file(RELATIVE_PATH place ${CMAKE_BINARY_DIR} ${file})
  get_filename_component(place ${place} DIRECTORY)
  install(FILES ${file} DESTINATION share/dmavp/${place} COMPONENT program)
endforeach()
# Sources of the boards, to start one's own from.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/platform/boards DESTINATION share/dmavp COMPONENT program
  FILES_MATCHING PATTERN "*.dts")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/dmavp RENAME copyright COMPONENT program)

configure_package_config_file(${PROJECT_SOURCE_DIR}/platform/cmake/dmavp-config.cmake.in
  ${CMAKE_BINARY_DIR}/dmavp-config.cmake INSTALL_DESTINATION ${package}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change names.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/dmavp-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/dmavp-config.cmake ${CMAKE_BINARY_DIR}/dmavp-config-version.cmake
  ${PROJECT_SOURCE_DIR}/platform/cmake/DmavpSystemC.cmake ${PROJECT_SOURCE_DIR}/platform/cmake/DmavpModule.cmake
  DESTINATION ${package} COMPONENT development)
