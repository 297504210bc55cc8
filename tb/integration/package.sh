#!/usr/bin/env bash
# Packs the build tree as Debian packages, unpacks them below ROOT, and holds them against the build tree: nothing in
# them names it, every library they need is a dependency, and the program finds its data wherever it lies.
# usage: package.sh BUILD SOURCE ROOT
build=$(realpath "$1") source=$(realpath "$2") root=$(realpath -m "$3")
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rm -rf "$root"
mkdir -p "$root"
(cd "$build" && cpack -G DEB -B "$root/packages") >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "cpack failed"; }
for package in "$root"/packages/*.deb; do dpkg-deb -x "$package" "$root"; done
program=$root/usr/bin/dmavp

rm -rf "$root/packages/_CPack_Packages"
named=$(grep -rlF -e "$build" -e "$source" "$root/usr" || true)
[ -z "$named" ] || fail "these name the directory they were built in: $named"

# Dependencies: the packages of all shared libraries that come from outside.
mapfile -t depends < <(dpkg-deb -f "$root"/packages/dmavp_*.deb Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//')
mapfile -t objects < <(find "$root/usr/lib/dmavp" -name '*.so'; echo "$program")
[ ${#objects[@]} -gt 10 ] || fail "only ${#objects[@]} programs, libraries and modules"
libraries=$(for object in "${objects[@]}"; do ldd "$object"; done | awk '/=> \// { print $3 }' | sort -u)
needed=$(for object in "${objects[@]}"; do readelf -d "$object"; done | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | sort -u)
for name in $needed; do
  [ "$name" != libdmavp_kernel.so ] || continue
  file=$(grep "/$name\$" <<<"$libraries" | head -n 1) || fail "$name: not found by the loader"
  path=$(realpath "$file")
  # dpkg knows some by their place before /lib became a link to /usr/lib.
  owner=$( (dpkg -S "$path" || dpkg -S "${path#/usr}") 2>/dev/null | sed 's/:.*//') || fail "$path: of no package"
  printf '%s\n' "${depends[@]}" | grep -qxF "$owner" || fail "$name of package $owner is no dependency: ${depends[*]}"
done
for package in device-tree-compiler; do # run as a program
  printf '%s\n' "${depends[@]}" | grep -qxF "$package" || fail "$package is no dependency"
done
for object in "${objects[@]}"; do
  ldd "$object" | grep -q 'not found' && fail "$object: $(ldd "$object" | grep 'not found')"
done

# The program shows and runs what the one of the build tree does.
for list in boards scenarios modules; do
  diff <("$build/dmavp" "$list") <(clean "$program" "$list") >&2 || fail "dmavp $list is not that of the build tree"
done
for scenario in "$source"/platform/scenarios/*.toml; do
  clean "$program" scenarios | grep -q "^$(basename "$scenario" .toml): " || fail "$scenario is not installed"
done
cmake --install "$build" --prefix "$work/first" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "cmake --install failed"; }
mv "$work/first" "$work/second"
diff <("$build/dmavp" modules) <(clean "$work/second/bin/dmavp" modules) >&2 || fail "an installation that was moved"
clean "$program" run --quiet || fail "the main job does not run"
clean "$program" run memcpy --quiet --board "$root/usr/share/dmavp/boards/k210.dts" || fail "a board as .dts does not run"
