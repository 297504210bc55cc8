#!/usr/bin/env bash
# The generated pages of docs/ agree with the program, and every relative link of a page leads somewhere.
# usage: docs.sh DMAVP ROOT [--update]
set -eu
dmavp=${1:?usage: docs.sh DMAVP ROOT [--update]}
root=${2:?usage: docs.sh DMAVP ROOT [--update]}
cd "$root"
bad=0
page() {  # page FILE COMMAND...
  local file=$1 text
  shift
  text=$("$@")
  if [ "${update:-}" = 1 ]; then
    printf '%s\n' "$text" >"$file"
  elif ! diff -u "$file" <(printf '%s\n' "$text") >&2; then
    echo "$file is not what the program prints; run: tb/house/docs.sh $dmavp . --update" >&2
    bad=1
  fi
}
[ "${3:-}" = --update ] && update=1
page docs/registers.md "$dmavp" regs --format md --board k210
page docs/registers-v2.md "$dmavp" regs --format md --board generic32
page docs/properties.md "$dmavp" properties --format md
page docs/faults.md "$dmavp" faults --format md

# The README's sample lines are what its commands print.
printed=$("$dmavp" run --set client.file.path=LICENSE
  "$dmavp" run memcpy --board generic32 --set client.copy.size=1MiB
  "$dmavp" run memcpy --board generic32 --set client.copy.size=1MiB --set dmac0:dmavp,fifo-depth=64
  "$dmavp" run audio --set scenario.modules[2]="${dmavp%/*}/examples/forgetful-driver.so" || true
  "$dmavp" run tb/examples/lost_interrupt.toml || true)
while IFS= read -r line; do
  grep -qxF -- "$line" <<<"$printed" || { echo "README.md: not printed by its command: $line" >&2; bad=1; }
done < <(grep -E '^  (client|file|copy|dmatest|failed:|warning:|fault:) ' README.md)

# docs/accuracy.md quotes what calibration says of the tables.
printed=$(for table in tb/calibrate/*.csv; do "$dmavp" calibrate "$table"; done)
while IFS= read -r line; do
  grep -qxF -- "$line" <<<"$printed" || { echo "docs/accuracy.md: not printed by dmavp calibrate: $line" >&2; bad=1; }
done < <(grep -E '^(separate|shared) ' docs/accuracy.md)

# docs/why.md: every command is run, and prints the lines below it.
while IFS= read -r line; do
  case $line in
    '$ build/dmavp '*)
      read -r -a words <<<"${line#\$ build/dmavp }"
      printed=$("$dmavp" "${words[@]}" 2>/dev/null || true) ;;
    '  why: '*|'  explain: '*)
      grep -qxF -- "$line" <<<"$printed" || { echo "docs/why.md: not printed by its command: $line" >&2; bad=1; } ;;
  esac
done <docs/why.md

for file in README.md docs/*.md docs/studies/*.md; do
  while read -r link; do
    case $link in http*|\#*) continue ;; esac
    [ -e "$(dirname "$file")/${link%%#*}" ] || { echo "$file: no such file: $link" >&2; bad=1; }
  done < <(grep -oE '\]\([^)]+\)' "$file" | sed 's/^](//; s/)$//')
done
exit $bad
