"""Are phrase labels true, and what do they cost? Beside the naive rule: not in P(I) means negative.

    python -m benchmarks.phrase_labels demo WORLD                           truth of a folder made by demo.generate
    python -m benchmarks.phrase_labels sugarcrepe PAIRS CAPTIONS --learn TRAIN   true and edited captions, by kind
    python -m benchmarks.phrase_labels cost CAPTIONS [--entries N]          seconds and memory of learning and mining
    python -m benchmarks.phrase_labels pairs [--count N]                    the strongest pairs of words, to be judged
    python -m benchmarks.phrase_labels draw OUT [--count N] [--seed N]      labels of a run at random, to be judged

CAPTIONS and TRAIN are JSONL(.gz) files of {"filename", "split", "sentences"}; PAIRS is a folder of SugarCrepe's JSON.
`demo` leaves out phrases that the truth denies of the very scene they were said of: misread, or in words that the
demo world does not know. A hard phrase is judged as it is read in its sentence by the parser.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo import phrases as demo_phrases
from demo.world import Scene
from demo.world import from_json as read_scene
from multigrain import Shards
from schemas.records import Caption, HardPhrase, ImageGraphs, Phrase, SceneGraph, TextObject
from transforms.compatibility import SORTS
from transforms.corpus import corpus_statistics
from transforms.evidence import Evidence
from transforms.judge import Judge, Knowledge
from transforms.knowledge_tables import shipped_knowledge
from transforms.phrase_labels import mine_image
from transforms.phrases import CaptionContent, read_caption
from transforms.scene_graphs import parse


def read_jsonl(path: Path, entries: int | None = None) -> list[dict[str, Any]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        return [json.loads(line) for _, line in zip(range(entries or 1 << 60), lines, strict=False)]


def graphs_of(entries: list[tuple[str, str, list[str]]]) -> Iterator[ImageGraphs]:
    """Yields the images of (id, split, captions) entries with their captions parsed."""
    graphs = iter(parse([text.strip() for _, _, texts in entries for text in texts]))
    for image_id, split, texts in entries:
        captions = tuple(Caption(f"{image_id}#{i}", text.strip()) for i, text in enumerate(texts))
        yield ImageGraphs(image_id, "", split, captions, tuple(next(graphs) for _ in captions))  # type: ignore[arg-type]


def jsonl_images(path: Path, entries: int | None = None) -> list[ImageGraphs]:
    rows = read_jsonl(path, entries)
    return list(graphs_of([(r["filename"], r.get("split", "train"), r["sentences"]) for r in rows]))


def is_true(phrase: Phrase, graph: SceneGraph, scene: Scene) -> bool | None:
    """Returns the truth of a phrase of the scene, None where the demo world does not know its words."""

    def mention(item: TextObject, whole: bool) -> demo_phrases.Mention:
        if not whole:
            return demo_phrases.Mention(item.head)
        said = tuple(a.value for a in item.attributes if not a.negated)
        denied = tuple(a.value for a in item.attributes if a.negated)
        return demo_phrases.Mention(item.head, said, denied, (item.quantity or "").removesuffix(" of") or None)

    ends = [mention(graph.objects[i], phrase.kind == "object") for i in phrase.objects]
    relation = graph.relations[phrase.relation].predicate if phrase.kind == "relation" else None
    try:
        return demo_phrases.is_true(demo_phrases.Phrase(ends[0], relation, ends[1] if relation else None), scene)
    except ValueError:
        return None


def demo(world: Path) -> None:
    scenes = {scene["filename"]: read_scene(scene) for scene in read_jsonl(world / "truth.jsonl")}
    entries = json.loads((world / "captions.json").read_text())["images"]
    images = list(graphs_of([(e["filename"], e["split"], [s["raw"] for s in e["sentences"]]) for e in entries]))
    corpus = corpus_statistics(images)
    graphs = {c.caption_id: (i.image_id, g) for i in images for c, g in zip(i.captions, i.graphs, strict=True)}
    found: Counter[tuple[str, bool]] = Counter()
    naive: Counter[tuple[str, bool]] = Counter()
    undecided = 0
    hard: list[tuple[str, HardPhrase]] = []
    for image in images:
        labels = mine_image(image, corpus, 6)
        hard += [(image.image_id, phrase) for phrase in labels.hard_phrases]
        said = {phrase.text for phrase in labels.positives}
        for item in (item for candidate in labels.candidates for item in candidate.labels):
            owner, graph = graphs[item.phrase.caption_id]
            truth = is_true(item.phrase, graph, scenes[image.image_id])
            if truth is None or not is_true(item.phrase, graph, scenes[owner]):
                undecided += 1
                continue
            found[item.label, truth] += 1
            naive["positive" if item.phrase.text in said else "negative", truth] += 1
    print(f"{len(images)} scenes, {found.total()} labelled phrases, {undecided} that the truth cannot decide")
    for name, counts in (("labels", found), ("naive rule", naive)):
        false = sum(n for (_, truth), n in counts.items() if not truth)
        print(
            f"{name:10}  negatives false {share(counts['negative', False], counts['negative', True])}"
            f"  positives true {share(counts['positive', True], counts['positive', False])}"
            f"  false phrases called negative {100 * counts['negative', False] / false:.1f}%"
        )

    hard_truth(hard, scenes)


def hard_truth(hard: list[tuple[str, HardPhrase]], scenes: dict[str, Scene]) -> None:
    counts: Counter[tuple[str, bool | str | None]] = Counter()
    for (image_id, item), graph in zip(hard, parse([item.sentence for _, item in hard]), strict=True):
        read = [phrase for phrase in read_caption("", graph).phrases if phrase.text == item.text]
        counts[item.replaced, is_true(read[0], graph, scenes[image_id]) if read else "unread"] += 1
    print(f"{len(hard)} hard phrases")
    for kind in (*sorted({kind for kind, _ in counts}), "all"):
        false, true, unread, undecided = (
            sum(n for (k, t), n in counts.items() if kind in (k, "all") and t is truth)
            for truth in (False, True, "unread", None)
        )
        print(f"{kind:10}  false {share(false, true)}, {unread} read otherwise, {undecided} undecided")


def share(right: int, wrong: int) -> str:
    return f"{100 * right / max(right + wrong, 1):.2f}% of {right + wrong}"


def sugarcrepe(pairs: Path, captions: Path, learn: Path) -> None:
    knowledge = corpus_statistics(jsonl_images(learn)).knowledge
    images = {image.image_id: image for image in jsonl_images(captions)}
    print("kind          pairs  edited caption has a negative phrase    true caption's phrases called negative")
    print("                     P(I) of all five    of the other four   labels    naive rule")
    for path in sorted(pairs.glob("*.json")):
        records = json.loads(path.read_text())
        edited, counts = parse([r["negative_caption"] for r in records]), defaultdict(int)
        for record, graph in zip(records, edited, strict=True):
            image, negative = images[record["filename"]], read_caption("", graph)
            own = [read_caption(c.caption_id, g) for c, g in zip(image.captions, image.graphs, strict=True)]
            at = [plain(caption.text) for caption in image.captions].index(plain(record["caption"]))
            others = own[:at] + own[at + 1 :]
            counts["all five"] += any_negative(negative, own, knowledge)
            counts["other four"] += any_negative(negative, others, knowledge)
            verdicts = Judge(Evidence(others), knowledge).label_caption(own[at])
            counts["phrases"] += len(verdicts)
            counts["negative"] += sum(v.label == "negative" for v in verdicts)
            said = {content for caption in others for content in caption.contents}
            counts["naive"] += sum(content not in said for content in own[at].contents)
        n, phrases = len(records), counts["phrases"]
        print(
            f"{path.stem:12} {n:6} {100 * counts['all five'] / n:13.1f}% {100 * counts['other four'] / n:19.1f}%"
            f" {100 * counts['negative'] / phrases:13.2f}% {100 * counts['naive'] / phrases:10.1f}%"
        )


def plain(text: str) -> str:
    return " ".join(text.casefold().split())


def any_negative(caption: CaptionContent, own: list[CaptionContent], knowledge: Knowledge) -> bool:
    return any(v.label == "negative" for v in Judge(Evidence(own), knowledge).label_caption(caption))


def cost(captions: Path, entries: int | None) -> None:
    images = jsonl_images(captions, entries)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    corpus = corpus_statistics(images)
    learned = time.perf_counter()
    for image in images:
        mine_image(image, corpus, 5)
    mined = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{sum(len(i.captions) for i in images)} captions of {len(images)} images, one process: learned in"
        f" {learned - start:.0f} s, mined in {mined - learned:.0f} s; peak {peak / 1024:.0f} MiB, of which parser and"
        f" graphs {memory / 1024:.0f} MiB"
    )


def pairs(count: int) -> None:
    rows = shipped_knowledge().compatibility.rows
    strong = [(row.images, sort, row) for sort in SORTS for row in rows[sort] if row.relation != "maybe"]
    for images, sort, row in sorted(strong, reverse=True)[:count]:
        print(f"{images:5} images  {sort:10} {row.left} {row.relation} {row.right}")


def draw(out: Path, count: int, seed: int) -> None:
    """Prints labels drawn at random, each with the captions of the photo and the caption that it stands in."""
    data = Shards(out)
    texts = {c.caption_id: c.text for image in data for c in image.graphs.captions}
    drawn = [(image, item) for image in data for candidate in image.labels.candidates for item in candidate.labels]
    for number, (image, item) in enumerate(random.Random(seed).sample(drawn, count), 1):
        print(f"\n{number}. {image.image_id}: {item.phrase.text} -> {item.label}, {item.reason}")
        print(f"   in: {texts[item.phrase.caption_id]}")
        print("".join(f"   - {caption.text}\n" for caption in image.graphs.captions), end="")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("demo")
    command.add_argument("world", type=Path)
    command = commands.add_parser("sugarcrepe")
    command.add_argument("pairs", type=Path)
    command.add_argument("captions", type=Path)
    command.add_argument("--learn", type=Path, required=True)
    command = commands.add_parser("cost")
    command.add_argument("captions", type=Path)
    command.add_argument("--entries", type=int)
    command = commands.add_parser("pairs")
    command.add_argument("--count", type=int, default=40)
    command = commands.add_parser("draw")
    command.add_argument("out", type=Path)
    command.add_argument("--count", type=int, default=150)
    command.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if args.command == "pairs":
        pairs(args.count)
    elif args.command == "draw":
        draw(args.out, args.count, args.seed)
    elif args.command == "demo":
        demo(args.world)
    elif args.command == "sugarcrepe":
        sugarcrepe(args.pairs, args.captions, args.learn)
    else:
        cost(args.captions, args.entries)


if __name__ == "__main__":
    main()
