#!/usr/bin/env bash
# Reads the JUnit file of a run of ctest and says if the run may be called green: it is whole, at least one test ran,
# none failed, and none was left out but by its own will (a skipped test says so itself).
#   tb/junit.sh FILE
# Exit status: 0 green, 1 not, 2 no such file or the command line is wrong.
set -euo pipefail
file=${1:?usage: tb/junit.sh FILE}
[ -s "$file" ] || { echo "junit.sh: $file: no results; ctest did not get to its end" >&2; exit 2; }
awk '
  function attribute(line, name,   text) {
    if (!match(line, "[ \t]" name "=\"[^\"]*\"")) return ""
    text = substr(line, RSTART + 1, RLENGTH - 1)
    return substr(text, length(name) + 3, length(text) - length(name) - 3)
  }
  /^<testsuite/ { head = 1 }
  head && /tests="/ { announced = attribute(" " $0, "tests") }
  />/ { head = 0 }
  /^\t<testcase / {
    found++
    name = attribute($0, "name"); status = attribute($0, "status")
    if (status == "run") passed++
    else if (status == "fail") { failed++; print "failed: " name }
    else waiting = name
  }
  waiting != "" && /<skipped message="/ {
    if ($0 ~ /SKIP_(RETURN_CODE|REGULAR_EXPRESSION)/) skipped++
    else { lost++; print "did not run: " waiting ": " attribute($0, "message") }
    waiting = ""
  }
  /^\t<\/testcase>/ { if (waiting != "") { lost++; print "did not run: " waiting; waiting = "" } }
  /^<\/testsuite>/ { whole = 1 }
  END {
    printf "%d passed, %d failed, %d skipped, %d did not run\n", passed, failed, skipped, lost
    if (!whole) { print "the file is not whole"; exit 1 }
    if (announced == "" || found != announced) { print "the file announces " announced " tests and has " found + 0; exit 1 }
    if (passed == 0) print "no test passed: nothing was tested"
    exit passed == 0 || failed + lost > 0
  }' "$file"
