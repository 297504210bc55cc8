# What the tests of the kernel's services need: a device tree, modules that load and modules that must not.
find_program(DMAVP_DTC dtc REQUIRED)
set(svc_tree ${CMAKE_CURRENT_BINARY_DIR}/svc.dtb)
add_custom_command(OUTPUT ${svc_tree}
  COMMAND ${DMAVP_DTC} -q -@ -I dts -O dtb -o ${svc_tree} ${CMAKE_CURRENT_SOURCE_DIR}/svc.dts
  DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/svc.dts)
add_custom_target(svc_tree DEPENDS ${svc_tree})

set(svc_modules ${CMAKE_BINARY_DIR}/svc-modules)
foreach(module base user rival missing plain stubborn leaky workers)
  file(GLOB source ${CMAKE_CURRENT_SOURCE_DIR}/svc_modules/${module}.*)
  dmavp_add_module(svc-${module} SOURCES ${source})
  set_target_properties(svc-${module} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${svc_modules})
  list(APPEND svc_targets svc-${module})
endforeach()
# A shared object that is no module.
add_library(svc-library MODULE svc_modules/library.c)
set_target_properties(svc-library PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${svc_modules})
target_link_libraries(svc-library PRIVATE dmavp_warnings)

file(GLOB svc_tests ${CMAKE_CURRENT_SOURCE_DIR}/svc_*_test.cpp)
foreach(source ${svc_tests})
  get_filename_component(name ${source} NAME_WE)
  target_compile_definitions(kernel_${name} PRIVATE SVC_TREE="${svc_tree}" SVC_MODULES="${svc_modules}"
    SVC_HEADERS="${PROJECT_SOURCE_DIR}/sw/include" SVC_CC="${CMAKE_C_COMPILER}" SVC_CXX="${CMAKE_CXX_COMPILER}"
    SVC_PRODUCT_MODULES="${CMAKE_BINARY_DIR}/modules")
  add_dependencies(kernel_${name} svc_tree)
endforeach()
if(TARGET kernel_svc_module_test)
  add_dependencies(kernel_svc_module_test ${svc_targets} svc-library)
endif()
if(TARGET kernel_svc_layout_test)
  target_sources(kernel_svc_layout_test PRIVATE svc_layout.c)
endif()
