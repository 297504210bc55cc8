# Compiler settings every target of the project shares.
find_program(DMAVP_CCACHE ccache)
if(DMAVP_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${DMAVP_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DMAVP_CCACHE})
endif()

# Our own C++ is held to these; link it PRIVATE to every target of ours.
add_library(dmavp_warnings INTERFACE)
target_compile_options(dmavp_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow
  $<$<COMPILE_LANGUAGE:CXX>:-Wconversion -Wno-gnu-zero-variadic-macro-arguments>)
if(DMAVP_WERROR)
  target_compile_options(dmavp_warnings INTERFACE -Werror)
endif()

if(DMAVP_SANITIZE)
  # Line tables are enough for the reports and smaller than all of -g.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1 -g1)
  add_link_options(-fsanitize=address,undefined)
  # Instrumented, the standard library's own headers seem to use what they have not set; release builds still tell.
  target_compile_options(dmavp_warnings INTERFACE -Wno-maybe-uninitialized)
endif()

if(DMAVP_COVERAGE)
  # What counts nothing itself: the library that writes the counters, and what registers an object with it.
  add_library(dmavp_coverage SHARED ${PROJECT_SOURCE_DIR}/tb/coverage/registry.c)
  add_library(dmavp_coverage_object OBJECT ${PROJECT_SOURCE_DIR}/tb/coverage/object.c)
  target_link_libraries(dmavp_coverage PRIVATE dmavp_warnings)
  target_link_libraries(dmavp_coverage_object PRIVATE dmavp_warnings)
  add_compile_options(-O1 -g1 --coverage)
  add_link_options(--coverage)
  link_libraries(dmavp_coverage $<TARGET_OBJECTS:dmavp_coverage_object>)
endif()
