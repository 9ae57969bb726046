"""Makes a demo data set: `python -m demo.generate OUT --scenes 300 --seed 0`.

Writes OUT/images/*.jpg, OUT/captions.json (the Karpathy format) and OUT/truth.jsonl (a line a scene: things with boxes,
relations, and each caption's phrases with their character spans). Scene i of a seed is the same whatever the number
of scenes or processes.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from demo.captions import describe
from demo.render import render, scene_rng
from demo.world import Scene

_QUALITY = 92  # of JPEG


def split_of(seed: int, index: int, first_test: int | None = None) -> str:
    """Returns the split of a scene: about 80 / 10 / 10; with `first_test`, the scenes from there on are the test."""
    if first_test is not None and index >= first_test:
        return "test"
    draw = scene_rng(seed, index, "split").random()
    if first_test is not None:
        return "train" if draw < 0.9 else "val"
    return "train" if draw < 0.8 else "val" if draw < 0.9 else "test"


def make_scene(
    seed: int, index: int, first_test: int | None = None
) -> tuple[Scene, bytes, dict[str, Any], dict[str, Any]]:
    """Returns the scene, its JPEG, its entry of captions.json and its line of truth.jsonl."""
    scene, picture = render(seed, index)
    captions = describe(scene, scene_rng(seed, index, "captions"))
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=_QUALITY)
    name = f"scene_{index:06d}.jpg"
    sentids = [index * len(captions) + k for k in range(len(captions))]
    sentences = [
        {"raw": c.text, "tokens": re.findall(r"[a-z0-9]+", c.text.lower()), "sentid": sentid, "imgid": index}
        for sentid, c in zip(sentids, captions, strict=True)
    ]
    entry = {
        "filename": name,
        "split": split_of(seed, index, first_test),
        "imgid": index,
        "sentids": sentids,
        "sentences": sentences,
    }
    spoken = [
        {"sentid": sentid, "raw": c.text, "phrases": [p.phrase.to_json() | {"span": list(p.span)} for p in c.phrases]}
        for sentid, c in zip(sentids, captions, strict=True)
    ]
    return scene, encoded.getvalue(), entry, {"filename": name} | scene.to_json() | {"captions": spoken}


def _write_scene(index: int, *, out: Path, seed: int, first_test: int | None) -> tuple[dict[str, Any], str]:
    _, image, entry, truth = make_scene(seed, index, first_test)
    (out / "images" / entry["filename"]).write_bytes(image)
    return entry, json.dumps(truth)


def generate(out: Path, *, scenes: int, seed: int, processes: int, test_scenes: int | None = None) -> None:
    """Writes the data set under `out`; ValueError where the numbers make no sense.

    `test_scenes`: the last so many scenes are the test split, for experiments that need an exact number; else a tenth.
    """
    if scenes < 1 or processes < 1:
        raise ValueError(f"scenes and processes must be at least 1, got {scenes} and {processes}")
    if test_scenes is not None and not 0 <= test_scenes <= scenes:
        raise ValueError(f"{test_scenes} test scenes of {scenes}")
    first_test = None if test_scenes is None else scenes - test_scenes
    (out / "images").mkdir(parents=True, exist_ok=True)
    write = partial(_write_scene, out=out, seed=seed, first_test=first_test)
    # A fresh interpreter a process: forking one that has threads (BLAS) can hang.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        made = []
        for done, result in enumerate(pool.imap(write, range(scenes), chunksize=8), 1):
            made.append(result)
            if sys.stderr.isatty() and done % 20 == 0:
                print(f"\r{done}/{scenes} scenes", end="", file=sys.stderr)
    captions = {"images": [entry for entry, _ in made], "dataset": "multigrain-demo"}
    (out / "captions.json").write_text(json.dumps(captions), encoding="utf-8")
    (out / "truth.jsonl").write_text("".join(line + "\n" for _, line in made), encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.generate", description="Make a demo data set.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--test-scenes", type=int, help="the last so many scenes are the test split (default: about a tenth)"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(argv)
    generate(args.out, scenes=args.scenes, seed=args.seed, processes=args.processes, test_scenes=args.test_scenes)
    print(f"{args.scenes} scenes in {args.out}: images/, captions.json, truth.jsonl")


if __name__ == "__main__":
    main()
