// libsystemc is linked by the standard it was built with. Any other would end in an undefined
// sc_api_version_... symbol that does not say why.
#pragma once

#if __cplusplus != 201703L
#error \
    "dmavp and libsystemc have to be compiled as C++17 exactly: set CMAKE_CXX_STANDARD (or CXX_STANDARD) to 17"
#endif
