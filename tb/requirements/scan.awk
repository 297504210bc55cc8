# Tests and the requirements that they name, one pair a line: ID TAB TEST TAB FILE. A test names an id in a comment: in its
# body or right above it. TEST is Suite.Name, or for a case that runs inside the simulated kernel its function.
# usage: awk -f scan.awk FILE...
function flush_ids(text) {
  while (match(text, /(^|[^A-Za-z0-9_])[RKD][1-9][0-9]?($|[^A-Za-z0-9_])/)) {
    id = substr(text, RSTART, RLENGTH)
    gsub(/[^RKD0-9]/, "", id)
    if (!((test, id) in seen)) { seen[test, id] = 1; print id "\t" test "\t" FILENAME }
    text = substr(text, RSTART + RLENGTH - 1)
  }
}
FNR == 1 { test = ""; above = "" }
test == "" && /^\/\/|^ \*|^\/\*/ { above = above " " $0; next }
test == "" {
  if (match($0, /^TEST(_P|_F)?\([A-Za-z0-9_]+, *[A-Za-z0-9_]+/)) {
    test = substr($0, RSTART, RLENGTH)
    sub(/^[^(]*\(/, "", test)
    sub(/, */, ".", test)
  } else if (FILENAME ~ /_cases\.(cpp|c)$/ && match($0, /^void [a-z0-9_]+\(\) \{/)) {
    test = substr($0, 6, RLENGTH - 9)
  }
  if (test != "") flush_ids(above)
  above = ""
}
test != "" {
  comment = $0
  if (sub(/^.*\/\//, "", comment) || sub(/^.*\/\*/, "", comment)) flush_ids(comment)
  if (/^}/ || /^TEST.*[^\\]}$/) test = ""
}
