#!/usr/bin/env bash
# What a foreign file lacks is named when it is built: a header, a declaration, a type, a definition.
# usage: missing_test.sh COMPILER
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
compiler=${1:?usage: missing_test.sh COMPILER}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "$1"; cat "$tmp/err"; exit 1; }
says() { grep -qF -- "$1" "$tmp/err" || fail "does not say: $1"; }

# Linux's headers, and ours that have less.
mkdir -p "$tmp/linux/linux" "$tmp/ours/linux"
printf 'int frob(int x);\nstatic inline int twiddle(void)\n{\n\treturn 0;\n}\nstruct gadget {\n\tint size;\n};\n' >"$tmp/linux/linux/frob.h"
printf '#define FROB_MAX 7\ntypedef unsigned frob_t;\nextern int frob_level;\nenum colour {\n\tRED,\n\tBLUE = 3,\n};\n' >"$tmp/linux/linux/level.h"
: >"$tmp/ours/linux/frob.h"
: >"$tmp/ours/linux/level.h"
build() { # build LINE...: a file of these lines, as a module is built
  { echo '#include <linux/frob.h>'; echo '#include <linux/level.h>'; printf '%s\n' "$@"; } >"$tmp/foreign.c"
  "$here/explain.sh" "$tmp/linux" "$compiler" -shared -fPIC -Werror=implicit-function-declaration -isystem "$tmp/ours" \
    -o "$tmp/foreign.so" "$tmp/foreign.c" 2>"$tmp/err"
}
lacks() { says "foreign.c: missing symbol $1: Linux has it in <linux/$2>, so it belongs into sw/include/linux/$2"; }

build 'int f(void) { return frob(1) + twiddle(); }' && fail "built without declarations"
lacks 'frob (function)' frob.h
lacks 'twiddle (function)' frob.h
build 'int f(struct gadget *g, frob_t t) { return g->size + FROB_MAX + BLUE + frob_level + t; }' && fail "built without types"
lacks 'frob_t (type)' level.h
build 'int f(struct gadget *g) { return g->size + FROB_MAX + BLUE + frob_level; }' && fail "built without values"
for name in FROB_MAX BLUE frob_level; do lacks "$name (value)" level.h; done
lacks 'gadget (type)' frob.h
echo 'int wander(void);' >"$tmp/ours/linux/elsewhere.h"
build 'int f(void) { return wander(); }' && fail "built without an include"
says 'missing symbol wander (function): ours is in <linux/elsewhere.h>, which no header includes that the file includes'
build '#include <linux/absent.h>' && fail "built without a header"
says 'missing header <linux/absent.h>: it belongs into sw/include/linux/absent.h'
build 'int f(void) { return nowhere(); }' && fail "built with an unknown function"
says 'missing symbol nowhere (function): no header of Linux that is at hand declares it'
build 'int f(void) { return 0; }' || fail "did not build what lacks nothing"
[ ! -s "$tmp/err" ] || fail "complains of nothing"

# Declared, but nobody defines it.
printf 'int frob(int x) { return x; }\n' >"$tmp/kernel.c"
"$compiler" -shared -fPIC -o "$tmp/kernel.so" "$tmp/kernel.c"
undefined() { "$here/undefined.sh" "$tmp/linux" "$tmp/foreign.so" "$tmp/kernel.so" "$@" 2>"$tmp/err"; }
build '#include <string.h>' 'int frob(int), twiddle(void);' 'int f(char *p) { return frob(1) + twiddle() + strlen(p); }' || fail "did not build"
undefined && fail "nobody provides twiddle"
says 'foreign.so: missing symbol twiddle: declared, but neither the kernel (sw/kernel) nor a module defines it; Linux has it in <linux/frob.h>'
[ "$(wc -l <"$tmp/err")" = 1 ] || fail "names more than is missing"
printf 'int twiddle(void) { return 0; }\n' >"$tmp/provider.c"
"$compiler" -shared -fPIC -o "$tmp/provider.so" "$tmp/provider.c"
undefined "$tmp/provider.so" || fail "does not see what another module provides"
exit 0
