# check_family.sh PYTHON ROOT DIR NAME.yaml ROWS TARGET...: the model for each target, against PyTorch (golden/family/NAME): at least
# ROWS rows of the network and its levels with --keep-rows on the first target, and the levels without, where more is fused.
set -e
python=$1 root=$2 dir=$3 yaml=$4 rows=$5
shift 5
here=$root/test/EndToEnd golden=$root/test/EndToEnd/golden/family/$(basename "$yaml" .yaml)
rm -rf "$dir"
mkdir -p "$dir"
"$python" "$here/harness/make_weights.py" "$golden.recipe" "$dir/weights.safetensors"
"$python" "$here/harness/pattern_image.py" 128x256 "$dir/image.f32"

check() { # TARGET LEAST-ROWS [mnv3c's further options]
  target=$1 least=$2
  shift 2
  sh "$here/harness/run_heads.sh" "$root" "$dir" "$target" "$yaml" "$dir/image.f32" "$dir/heads" --weights "$dir/weights.safetensors" \
    --imgsz 128x256 "$@"
  "$python" "$here/harness/compare_heads.py" "$dir/heads" "$golden-128x256.jsonl" --least-rows "$least"
}

check "$1" "$rows" --keep-rows
for target; do
  check "$target" 0
done
