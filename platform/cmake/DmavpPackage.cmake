# Two Debian packages: dmavp, the program with its boards, scenarios and modules, and dmavp-dev, what other projects
# build with. `cpack -G DEB` in the build directory writes them.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dmavp)
set(CPACK_PACKAGE_VENDOR dmavp)
set(CPACK_PACKAGE_CONTACT "dmavp maintainers <dmavp@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL program development)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE gzip)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME dmavp)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION electronics)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/sw/kernel)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS device-tree-compiler)  # boards as .dts
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "The program dmavp with its boards, scenarios and modules.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME dmavp-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "dmavp (= ${PROJECT_VERSION}), libsystemc-dev (>= 2.3.3), pkg-config, cmake (>= 3.25), g++")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "The models as libraries, and what modules for dmavp are built with.")
include(CPack)
