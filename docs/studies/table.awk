# Table of a study from the CSV of its sweep: a line for each value of `rows`, a column for each of `columns`, or for each
# of several values. A cell is the value, "A/B" the quotient of two columns, times `scale`; of a point that has not
# passed, and for the value "status", the status.
# usage: awk -v rows=NAME [-v columns=NAME] -v value=NAME[;NAME...] [-v labels=TEXT;...] [-v scale=1] [-v format=%.0f] -f table.awk
function cells(line,    n, i, c, quoted, text) {
  n = 1; text = ""; quoted = 0
  for (i = 1; i <= length(line); ++i) {
    c = substr(line, i, 1)
    if (c == "\"") quoted = !quoted
    else if (c == "," && !quoted) { cell[n++] = text; text = "" }
    else text = text c
  }
  cell[n] = text
  return n
}
function number(name,    slash, less) {
  if (name ~ /^=/) return substr(name, 2) * row
  slash = index(name, "/")
  less = index(name, "~")
  if (slash && less)
    return number(substr(name, 1, slash - 1)) / (number(substr(name, slash + 1, less - slash - 1)) - number(substr(name, less + 1)))
  if (slash) return number(substr(name, 1, slash - 1)) / number(substr(name, slash + 1))
  if (!(name in at)) { print "no column " name > "/dev/stderr"; exit 1 }
  return cell[at[name]]
}
function shown(name) {
  if (name == "status" || cell[at["status"]] != "passed") return cell[at["status"]]
  return sprintf(format, scale * number(name))
}
BEGIN { if (scale == "") scale = 1; if (format == "") format = "%.0f" }
NR == 1 { n = cells($0); for (i = 1; i <= n; ++i) at[cell[i]] = i; next }
{
  cells($0)
  row = cell[at[rows]]
  if (!(row in seen)) { seen[row] = 1; row_at[++row_count] = row }
  if (columns != "") {
    column = cell[at[columns]]
    if (!(column in known)) { known[column] = 1; column_at[++column_count] = column }
    table[row, column] = shown(value)
  } else {
    column_count = split(value, names, ";")
    split(labels, column_at, ";")
    for (i = 1; i <= column_count; ++i) table[row, column_at[i]] = shown(names[i])
  }
}
END {
  head = rows
  sub(/.*[,:.]/, "", head)
  printf "%-16s", head
  for (i = 1; i <= column_count; ++i) printf " %12s", column_at[i]
  print ""
  for (r = 1; r <= row_count; ++r) {
    printf "%-16s", row_at[r]
    for (i = 1; i <= column_count; ++i) printf " %12s", table[row_at[r], column_at[i]]
    print ""
  }
}
