#!/usr/bin/env bash
# Unpacks the judged files of Debian's package linux-source-6.12 into DIRECTORY and compares them with known.sha256.
# DIRECTORY/headers gets Linux's headers, in which names are looked up (header_of.sh); nothing is compiled with them.
# usage: fetch.sh DIRECTORY
# The package is the installed one, else the newest that apt offers (Debian 12: bookworm-security), which is downloaded
# but not installed. DMAVP_LINUX_SOURCE=FILE names a linux-source-6.12*.deb or a linux-source-6.12.tar.xz instead.
# Exit status 2, with one line, when the sources cannot be had.
set -euo pipefail
package=linux-source-6.12
known=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/known.sha256
to=${1:?usage: fetch.sh DIRECTORY}
headers=(include/linux include/vdso include/sound include/asm-generic arch/riscv/include/asm)
mapfile -t files < <(awk '!/^#/ && !seen[$3]++ { print $3 }' "$known")
mkdir -p "$to"
to=$(cd "$to" && pwd)
tmp=$(mktemp -d "$to/.fetch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
say() { printf 'fetch.sh: %s\n' "$1" >&2; }
fail() { say "$1"; exit 2; }

have() { # everything was unpacked before
  local f
  [ -e "$to/version" ] && [ -d "$to/headers" ] || return 1
  for f in "${files[@]}"; do [ -e "$to/$f" ] || return 1; done
}

candidate() { LC_ALL=C apt-cache policy "$package" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'; }

update() { # package lists; a user without rights has to do without
  if [ "$(id -u)" -eq 0 ]; then apt-get update -q; else sudo -n apt-get update -q; fi
}

# Sets `version` and, unless that one is unpacked already, `source` (a .deb or .tar.xz).
find_source() {
  source=${DMAVP_LINUX_SOURCE:-}
  if [ -n "$source" ]; then
    [ -r "$source" ] || fail "DMAVP_LINUX_SOURCE: $source cannot be read"
    case $source in
      *.deb) version=$(dpkg-deb -f "$source" Version 2>/dev/null) || fail "$source is not a Debian package" ;;
      *) version="of $source" ;;
    esac
    return
  fi
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    fail "Debian's package $package is needed, and there is no apt here; name its .deb or .tar.xz with DMAVP_LINUX_SOURCE"
  source=/usr/src/$package.tar.xz
  if [ -r "$source" ] && version=$(dpkg-query -W -f='${Version}' "$package" 2>/dev/null); then return; fi
  version=$(candidate)
  [ -n "$version" ] || { update >/dev/null 2>&1 </dev/null && version=$(candidate); } || true
  [ -z "$version" ] || ! have || [ "$(cat "$to/version")" != "$version" ] || return 0
  if [ -n "$version" ]; then
    (cd "$tmp" && apt-get download -q "$package=$version") >"$tmp/log" 2>&1 </dev/null ||
      { update >/dev/null 2>&1 </dev/null && version=$(candidate) &&
        (cd "$tmp" && apt-get download -q "$package=$version") >"$tmp/log" 2>&1 </dev/null; } || true
    source=$(find "$tmp" -name '*.deb')
    [ -z "$source" ] || return 0
  fi
  if ! have; then
    local why="no archive that apt knows has it (Debian 12: bookworm-security)"
    [ -z "$version" ] || why="$version does not download"
    fail "package $package cannot be had: $why; install it or name its .deb or .tar.xz with DMAVP_LINUX_SOURCE"
  fi
  version=$(cat "$to/version")
  say "warning: $package cannot be had now; going on with version $version, unpacked before"
}

unpack() {
  local archive=$source
  if [[ $source == *.deb ]]; then
    archive=$tmp/source.tar.xz
    dpkg-deb --fsys-tarfile "$source" | tar -xO "./usr/src/$package.tar.xz" >"$archive" ||
      fail "$source holds no /usr/src/$package.tar.xz"
  fi
  archive=$(realpath "$archive")
  (cd "$tmp" && cmake -E tar xf "$archive" -- "${files[@]/#/$package/}" "${headers[@]/#/$package/}") >"$tmp/log" 2>&1 || true
  local f
  for f in "${files[@]}"; do
    [ -e "$tmp/$package/$f" ] || fail "$source: $package/$f is missing or cannot be unpacked"
  done
}

# A version that known.sha256 lists must agree with it; of another one every file that differs is named.
compare() { # compare ROOT
  local reference f sum is damaged=0
  reference=$(awk -v v="$version" '!/^#/ { last = $1; if ($1 == v) hit = v } END { print hit ? hit : last }' "$known")
  for f in "${files[@]}"; do
    sum=$(awk -v v="$reference" -v f="$f" '$1 == v && $3 == f { print $2 }' "$known")
    [ -n "$sum" ] || continue # that version is not known to have differed in it
    is=$(sha256sum "$1/$f")
    [ "${is%% *}" = "$sum" ] && continue
    if [ "$reference" = "$version" ]; then
      say "$f is not the one of $package $version: damaged"; damaged=1
    else
      say "warning: $package $version: $f has changed since $reference; see whether its tests still mean what they say"
    fi
  done
  [ "$damaged" = 0 ] || exit 2
}

find_source
if have && [ "$(cat "$to/version")" = "$version" ] && [[ $version != "of "* ]]; then
  compare "$to"
  exit 0
fi
unpack
compare "$tmp/$package"
rm -rf "$to/version" "$to/headers"
mkdir -p "$to/headers"
for d in "${headers[@]}"; do
  [ ! -d "$tmp/$package/$d" ] || cp -r "$tmp/$package/$d" "$to/headers/"
done
for f in "${files[@]}"; do
  mkdir -p "$to/$(dirname "$f")"
  cmp -s "$tmp/$package/$f" "$to/$f" || cp "$tmp/$package/$f" "$to/$f"
done
printf '%s\n' "$version" >"$to/version"
say "unpacked ${#files[@]} files of $package $version"
