#!/usr/bin/env bash
# The one command. Without arguments: sets up, makes the demo world, turns it into shards, verifies them, and trains a
# small model on them that finds photos by words and shows why.
# With arguments: sets up and passes them to `python -m pipeline run`. A runner may come first: direct, flink, dataflow.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bash "$here/install.sh"
export PYTHONSAFEPATH=1 # a folder named pipeline or schemas where the user stands is not ours
export PYTHONPATH="$here${PYTHONPATH:+:$PYTHONPATH}"
python="$here/.venv/bin/python"

runner=direct
case "${1:-}" in direct | flink | dataflow)
  runner=$1
  shift
  ;;
esac
if [ $# -gt 0 ]; then
  exec "$python" -m pipeline run --runner "$runner" "$@"
fi
if [ "$runner" = dataflow ]; then
  echo "run_pipeline.sh dataflow: give CAPTIONS, --out gs://..., and see docs/runners.md" >&2
  exit 2
fi

# Shards of an older version are never mixed with new ones; the demo's are simply made again.
version=$("$python" -c 'from pipeline import quiet; from pipeline.identity import code_version; print(code_version())')
if [ "$(cat "$here/out/demo/version" 2>/dev/null)" != "$version" ]; then
  rm -rf "$here/out/demo"
fi
workers=$(nproc)
world="$here/out/demo/world" shards="$here/out/demo/shards"
if [ "$runner" != direct ]; then
  shards="$shards-$runner" # the same bytes, to be compared
fi
mkdir -p "$here/out/demo"
echo "$version" >"$here/out/demo/version"
"$python" -m demo.generate "$world" --scenes 300 --seed 0
"$python" -m pipeline run --runner "$runner" "$world/captions.json" --images "$world/images" --out "$shards" --workers "$((workers < 4 ? workers : 4))"
"$python" -m pipeline verify "$shards"
trained=""
if [ "$runner" = direct ]; then
  run="$here/out/demo/run" page="$here/out/demo/search.html" words="a boy rides a brown horse"
  # A model of older code or other options is made again, too.
  code=$(find "$here/multigrain" -name '*.py' -o -name '*.yaml' | sort | tr '\n' '\0' | xargs -0 cat "$here/run_pipeline.sh" "$shards/_SUCCESS" | sha256sum)
  if [ "$(cat "$here/out/demo/run-version" 2>/dev/null)" != "$code" ]; then
    rm -rf "$run"
  fi
  echo "$code" >"$here/out/demo/run-version"
  echo "training a small SSAMT, a minute or two; what is trained already is not trained again" >&2
  # One thread: the same model on any machine, and matrices this small gain a fifth by a second one at best; where another
  # program has a core, threads that wait for each other are many times slower (docs/models.md).
  export OMP_NUM_THREADS=1
  "$python" -m multigrain train --config demo_ssamt data="$shards" out="$run" epochs=12 all_negatives_epochs=12 tensorboard=false
  "$python" -m multigrain evaluate "$run"
  "$python" -m pipeline search "$run" "$words" --html "$page"
  trained="
  the model     ${page#"$here/"}: photos for \"$words\"  (docs/evaluation.md)
  your search   .venv/bin/python -m pipeline search ${run#"$here/"} \"WORDS\"         (--photo scene_000261: its captions)"
fi
cat <<END

The data set lies in ${shards#"$here/"}; docs/shard_format.md says what each file holds. Next:
  look at it    ${shards#"$here/"}/report.html, in any browser                      (docs/report.md)$trained
  your words    .venv/bin/python -m pipeline parse CAPTIONS.txt GRAPHS.jsonl     (scene graphs of your own sentences)
  your photos   ./run_pipeline.sh CAPTIONS.json --images PHOTOS --out OUT        (formats: docs/input_formats.md)
  read it       .venv/bin/python -c 'from multigrain import Shards; print(Shards("out/demo/shards")[0])'
END
