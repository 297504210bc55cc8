#!/usr/bin/env bash
# Who may include whom (design: models <- platform -> sw, tb sees all), and what may stand at the top level.
# usage: walls.sh ROOT
set -u
root=${1:?usage: walls.sh ROOT}
cd "$root" || exit 2
bad=0
say() { printf '%s\n' "$1" >&2; bad=1; }

# Quoted and angled includes of one room that reach into another.
refuse() {  # refuse ROOM PATTERN WHY
  local hits
  hits=$(grep -rnE --include='*.h' --include='*.cpp' --include='*.c' "#[[:space:]]*include[[:space:]]*[<\"]($2)" "$1" 2>/dev/null)
  [ -n "$hits" ] && say "$3:
$hits"
}
refuse sw 'systemc|tlm|tlm_utils/|sysc/|base/|bus/|memory/|dmac/|peripherals/|\.\./models|models/|platform/|\.\./platform' \
  "sw/ includes SystemC, models/ or platform/"
refuse models 'linux/|asm/|kernel/|port/|dmavp/|sw/|\.\./sw|platform/|\.\./platform|drivers/|clients/|dmaengine/' \
  "models/ includes sw/ or platform/"
# What stands above the kernel is a module: of the kernel it knows the exported interface alone.
for room in sw/dmaengine sw/drivers sw/clients; do
  refuse "$room" 'kernel/|port/|\.\./kernel|\.\./port' "$room includes the inside of the kernel"
done
refuse sw/port 'drivers/|clients/|dmaengine/' "sw/port includes modules"
refuse sw/kernel 'drivers/|clients/|dmaengine/' "sw/kernel includes modules"
refuse platform 'tb/|\.\./tb' "platform/ includes tb/"
# The tests' reference model predicts the controller and so shares nothing with it.
refuse tb/reference 'dmac/|base/|systemc|tlm' "tb/reference includes the controller it judges"

if [ -e .git ]; then
  extra=$(git ls-files | cut -d/ -f1 | sort -u |
    grep -vxE '\..*|CMakeLists\.txt|CMakePresets\.json|LICENSE|README\.md|models|platform|sw|tb|traces|docs')
  [ -n "$extra" ] && say "not an entry of the house's top level: $extra"
fi
exit $bad
