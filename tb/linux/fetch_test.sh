#!/usr/bin/env bash
# fetch.sh without a network: what it unpacks, what it warns of, and the one line it fails with.
set -u
unset DMAVP_LINUX_SOURCE # of whoever calls
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "$1"; [ ! -e "$tmp/err" ] || cat "$tmp/err"; exit 1; }
lines() { wc -l <"$tmp/err"; }

# A script of the test's own, with files, hashes and an apt of the test's own.
cp "$here/fetch.sh" "$tmp/fetch.sh"
mkdir -p "$tmp/linux-source-6.12/drivers/dma" "$tmp/linux-source-6.12/include/linux" "$tmp/bin"
echo 'int declared(void);' >"$tmp/linux-source-6.12/include/linux/c.h"
for file in a.c b.h; do echo "int $file;" >"$tmp/linux-source-6.12/drivers/dma/$file"; done
hash_of() { sha256sum "$tmp/linux-source-6.12/drivers/dma/$1" | cut -d' ' -f1; }
for version in 1-old 2-new; do
  for file in a.c b.h; do echo "$version $(hash_of $file) drivers/dma/$file"; done
done >"$tmp/known.sha256"
pack() { (cd "$tmp" && cmake -E tar cJf source.tar.xz linux-source-6.12); }
for tool in apt-get dpkg-query sudo; do printf '#!/bin/sh\nexit 1\n' >"$tmp/bin/$tool"; done
printf '#!/bin/sh\necho "  Candidate: ${CANDIDATE:-(none)}"\n' >"$tmp/bin/apt-cache"
chmod +x "$tmp/bin"/*
fetch() { PATH=$tmp/bin:$PATH "$tmp/fetch.sh" "$tmp/out" 2>"$tmp/err"; }
from_file() { DMAVP_LINUX_SOURCE=$tmp/source.tar.xz fetch; }

fetch && fail "passed without the package"
[ "$(lines)" = 1 ] && grep -q 'package linux-source-6.12 cannot be had: no archive' "$tmp/err" || fail "not one line that names the package"
CANDIDATE=3-next fetch && fail "passed without a download"
[ "$(lines)" = 1 ] && grep -q '3-next does not download' "$tmp/err" || fail "not one line that names the version"
DMAVP_LINUX_SOURCE=$tmp/none fetch && fail "passed without the file"
[ "$(lines)" = 1 ] && grep -q "$tmp/none cannot be read" "$tmp/err" || fail "not one line that names the file"
echo nothing >"$tmp/source.tar.xz"
from_file && fail "unpacked what is no archive"
grep -q 'linux-source-6.12/drivers/dma/a.c is missing' "$tmp/err" || fail "a damaged archive is not named"

pack
from_file || fail "did not unpack"
grep -q warning "$tmp/err" && fail "warned of files that are as known"
cmp -s "$tmp/out/drivers/dma/a.c" "$tmp/linux-source-6.12/drivers/dma/a.c" || fail "unpacked something else"
[ -e "$tmp/out/headers/linux/c.h" ] || fail "did not unpack the headers"

# An update that changes one file names that one.
echo 'int changed;' >>"$tmp/linux-source-6.12/drivers/dma/b.h"
pack
from_file || fail "an update was refused"
[ "$(grep -c warning "$tmp/err")" = 1 ] && grep -q 'drivers/dma/b.h has changed since 2-new' "$tmp/err" || fail "the change was not named"
cmp -s "$tmp/out/drivers/dma/b.h" "$tmp/linux-source-6.12/drivers/dma/b.h" || fail "the update was not unpacked"

# What was unpacked serves without an archive, but not when it is not what its version says.
echo 3-next >"$tmp/out/version"
CANDIDATE=3-next fetch || fail "did not take what was unpacked before"
fetch || fail "did not go on without the package"
grep -q 'cannot be had now' "$tmp/err" || fail "went on without a word"
echo 2-new >"$tmp/out/version"
CANDIDATE=2-new fetch && fail "a damaged file passed"
grep -q 'drivers/dma/b.h is not the one of' "$tmp/err" || fail "the damaged file was not named"
[ -z "$(find "$tmp/out" -name '.fetch*')" ] || fail "left temporary files behind"
exit 0
