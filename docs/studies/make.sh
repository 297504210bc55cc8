#!/usr/bin/env bash
# Runs the sweeps of the studies and compares the tables in their pages with what they find.
# usage: docs/studies/make.sh DMAVP [--update]   (--update: write tables, and with gnuplot pictures, anew)
#
# In a page "$ build/dmavp sweep ... --csv study.csv" is a sweep; "<!-- table NAME=VALUE ... -->" says what table.awk makes
# of its result, and the code block that follows is that table; "<!-- picture FILE TEXT -->" draws it: gnuplot's commands.
set -u
dmavp=$(realpath "${1:?usage: make.sh DMAVP [--update]}")
update=${2:-}
cd "$(dirname "$0")/../.." || exit 2
here=docs/studies
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=0

draw() {  # draw FILE COMMANDS
  gnuplot <<END
set terminal svg size 760,420 dynamic enhanced font 'sans-serif,13' background '#ffffff'
set output '$here/$1'
set key outside right
set grid lc rgb '#cccccc'
set style data linespoints
set style increment user
set linetype 1 lc rgb '#0072b2' pt 7
set linetype 2 lc rgb '#d55e00' pt 5
set linetype 3 lc rgb '#009e73' pt 9
set linetype 4 lc rgb '#cc79a7' pt 11
set linetype 5 lc rgb '#e69f00' pt 13
set linetype 6 lc rgb '#56b4e9' pt 6
table = '$scratch/table'
$2
END
}

for page in "$here"/*.md; do
  grep -q '^<!-- table ' "$page" || continue
  command='' inside=0 table=''
  while IFS= read -r line; do
    case $line in
      '$ build/dmavp sweep '*|'    '*--*)
        [ "$inside" = 2 ] && continue
        part=${line#\$ build/dmavp }
        [ "$part" != "$line" ] && command=''
        command+=" ${part%\\}"
        if [ "${line%\\}" = "$line" ]; then
          # Words as a shell would take them; points that fail are rows as well.
          eval "set -- ${command//study.csv/$scratch/study.csv}"
          rm -f "$scratch"/study.csv*
          "$dmavp" "$@" >/dev/null 2>&1 || [ $? -eq 1 ] || { echo "$page: fails: dmavp$command" >&2; bad=1; }
        fi ;;
      '<!-- table '*)
        read -r -a words <<<"${line//[<>]/}"
        options=()
        for word in "${words[@]}"; do
          case $word in *=*) options+=(-v "$word") ;; esac
        done
        awk "${options[@]}" -f "$here/table.awk" "$scratch/study.csv" >"$scratch/table" || bad=1
        table=1 ;;
      '<!-- picture '*)
        text=${line#<!-- picture }
        text=${text% -->}
        if [ "$update" = --update ] && command -v gnuplot >/dev/null; then draw "${text%% *}" "${text#* }"; fi ;;
      '```'*)
        if [ "$inside" = 0 ]; then
          inside=1
          if [ -n "$table" ]; then
            printf '%s\n' "$line"
            cat "$scratch/table"
            inside=2 table=''
            continue
          fi
        else
          inside=0
        fi ;;
      *) [ "$inside" = 2 ] && continue ;;
    esac
    printf '%s\n' "$line"
  done <"$page" >"$scratch/page"
  if [ "$update" = --update ]; then
    cp "$scratch/page" "$page"
  elif ! diff -u "$page" "$scratch/page" >&2; then
    echo "$page is not what its sweeps say; run: $here/make.sh build/dmavp --update" >&2
    bad=1
  fi
done
exit $bad
