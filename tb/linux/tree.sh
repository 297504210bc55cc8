#!/usr/bin/env bash
# Compiles a device tree of Linux's sources as their build does: preprocessed, then dtc.
# usage: tree.sh SOURCE TREE.dts BLOB      (TREE.dts below SOURCE; SOURCE is what fetch.sh unpacked)
set -euo pipefail
source=${1:?usage: tree.sh SOURCE TREE.dts BLOB} tree=${2:?the tree is missing} blob=${3:?the blob is missing}
mkdir -p "$(dirname "$blob")"
cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I "$source/include" "$source/$tree" "$blob.dts"
dtc -q -I dts -O dtb -o "$blob" "$blob.dts"
