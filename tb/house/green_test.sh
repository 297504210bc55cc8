#!/usr/bin/env bash
# A run of ctest is green only if tests ran and passed: ctest's exit status and tb/junit.sh on tests that pass, fail, die
# by a signal, hang, skip themselves, cannot be started, or are not there. And the gate of the coverage.
# usage: green_test.sh CTEST ROOT
set -u
ctest=${1:?usage: green_test.sh CTEST ROOT} root=${2:?usage: junit_test.sh CTEST ROOT}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# What each test of the little suite does; a name of its own for each end a test can come to.
suite() { # suite NAME...
  local name
  : >"$work/CTestTestfile.cmake"
  for name in "$@"; do
    case $name in
      pass) set -- sh -c 'echo "<testcase name=x status=fail>"' ;;
      fail) set -- sh -c 'echo "seed 7 <&>"; exit 1' ;;
      die) set -- sh -c 'kill -SEGV $$' ;;
      killed) set -- sh -c 'kill -KILL $$' ;;
      hang) set -- sleep 60 ;;
      skip) set -- sh -c 'exit 77' ;;
      missing) set -- "$work/no-such-program" ;;
    esac
    {
      printf 'add_test(suite.%s' "$name"
      printf ' [==[%s]==]' "$@"
      printf ')\nset_tests_properties(suite.%s PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1)\n' "$name"
    } >>"$work/CTestTestfile.cmake"
  done
}
expect() { # expect CTEST JUNIT PATTERN NAME...
  local wanted=$1 judged=$2 pattern=$3 status=0 verdict=0 said
  shift 3
  suite "$@"
  rm -f "$work/junit.xml"
  "$ctest" --test-dir "$work" --no-tests=error --output-junit "$work/junit.xml" >/dev/null 2>&1 || status=1
  said=$("$root/tb/junit.sh" "$work/junit.xml" 2>&1) || verdict=$?
  [ "$status" -eq "$wanted" ] || { echo "$*: exit status $status of ctest, wanted $wanted" >&2; bad=1; }
  if [ "$verdict" -ne "$judged" ] || ! grep -qE -- "$pattern" <<<"$said"; then
    printf '%s: exit status %s of junit.sh, wanted %s and "%s":\n%s\n' "$*" "$verdict" "$judged" "$pattern" "$said" >&2
    bad=1
  fi
}
expect 0 0 '^1 passed, 0 failed, 0 skipped, 0 did not run$' pass
expect 0 0 '^1 passed, 0 failed, 1 skipped, 0 did not run$' pass skip
expect 1 1 '^failed: suite.fail$' pass fail
expect 1 1 '^failed: suite.die$' pass die
expect 1 1 '^failed: suite.killed$' pass killed
expect 1 1 '^failed: suite.hang$' pass hang
expect 1 1 '^did not run: suite.missing' pass missing
expect 0 1 '^no test passed: nothing was tested$' skip # ctest calls this green
expect 1 1 'not whole|no test passed' # nothing to run

# A ctest that was killed on its way leaves no file, or half of one.
suite pass fail
"$ctest" --test-dir "$work" --output-junit "$work/junit.xml" >/dev/null 2>&1
head -c 400 "$work/junit.xml" >"$work/half.xml"
"$root/tb/junit.sh" "$work/half.xml" >/dev/null 2>&1 && { echo "half a file is green" >&2; bad=1; }
sed -i 's/tests="2"/tests="3"/' "$work/junit.xml"
"$root/tb/junit.sh" "$work/junit.xml" | grep -q 'announces 3 tests and has 2' || { echo "a lost test is not seen" >&2; bad=1; }
grep -q 'seed 7 &lt;&amp;&gt;' "$work/junit.xml" || { echo "the message of a failure is not in the file" >&2; bad=1; }

# The gate of the coverage: at its values, below one of them, and without anything counted.
columns=filename,line_total,line_covered,line_percent,branch_total,branch_covered,branch_percent
gate() { # gate STATUS ROW...
  local wanted=$1 status=0
  shift
  printf '%s\n' "$columns" "$@" | "$root/tb/coverage/gate.sh" 90 75 >/dev/null || status=$?
  [ "$status" -eq "$wanted" ] || { echo "$*: exit status $status of the coverage gate, wanted $wanted" >&2; bad=1; }
}
gate 0 models/a.cpp,100,95,,10,8, sw/b.cpp,100,90,,20,15, sw/c.h,0,0,,0,0,
gate 1 models/a.cpp,100,99,,10,9, sw/b.cpp,100,89,,20,15,
gate 1 models/a.cpp,100,99,,10,9, sw/b.cpp,100,90,,20,14,
gate 1
exit $bad
