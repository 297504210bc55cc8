#!/usr/bin/env bash
# A CMake project of its own builds with the installed package and runs; what it may not do is refused in clear words.
# usage: foreign.sh ROOT SOURCE
root=$(realpath "$1") source=$(realpath "$2")
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cp -r "$source/tb/integration/foreign" platform
build "$root/usr" "$work/platform"
clean ./platform/build/foreign_platform | tee out
for kind in decoupled direct phased; do
  grep -q "^$kind: 4096 bytes by registers, 1024 bytes by linked list" out || fail "$kind: not shown"
done
grep -qx PASSED out || fail "the foreign platform failed"

# The headers are complete, and none needs another before it.
list=$(cd "$root/usr/include/dmavp" && find . -name '*.h' | sort)
for order in "$list" "$(tac <<<"$list")"; do
  sed 's/.*/#include "&"/' <<<"$order" | clean c++ -std=c++17 -Wall -Wextra -Werror -DSC_INCLUDE_DYNAMIC_PROCESSES \
    -fsyntax-only -I "$root/usr/include/dmavp" -x c++ - || fail "the installed headers do not compile"
done

# Another standard.
clean cmake -S platform -B other -G Ninja -DCMAKE_PREFIX_PATH="$root/usr" -DCMAKE_CXX_STANDARD=20 >/dev/null
refused "C++20" "C\+\+17 exactly" cmake --build other --target CMakeFiles/foreign_platform.dir/main.cpp.o

# Components, versions, SystemC.
mkdir probe
cat >probe/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(probe NONE)
find_package(dmavp ${WANTED} REQUIRED COMPONENTS ${PARTS})
if(TARGET dmavp::dmac OR NOT TARGET dmavp::kernel OR NOT TARGET dmavp::program OR NOT COMMAND dmavp_add_module)
  message(FATAL_ERROR "not what the component module has")
endif()
CMAKE
probe=(cmake --fresh -S probe -B probe/build -DCMAKE_PREFIX_PATH="$root/usr")
refused "an unknown component" 'no component "turbo"' "${probe[@]}" -DPARTS="module;turbo"
refused "a later version" "9.0" "${probe[@]}" -DPARTS=module -DWANTED=9.0
refused "a machine without SystemC" "SystemC 2.3.3 or later was found neither" \
  env PKG_CONFIG_LIBDIR=/nowhere "${probe[@]}" -DPARTS=dmac
clean env PKG_CONFIG_LIBDIR=/nowhere "${probe[@]}" -DPARTS=module -DWANTED=0.1 >/dev/null ||
  fail "modules cannot be built without SystemC"
