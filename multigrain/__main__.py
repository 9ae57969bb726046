"""The command line of the torch package: `python -m multigrain train | evaluate | search ...`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from multigrain.shards import DataSetError

if TYPE_CHECKING:
    from multigrain.search import Query

FAILED, WRONG = 1, 2  # exit codes: interrupted; options or data that cannot be


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command. Returns the exit code: 0 done, 1 interrupted, 2 wrong options or data."""
    parser = argparse.ArgumentParser(
        prog="python -m multigrain", description="Train models on shards, and see how good they are."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a model; the same command goes on where a killed one stopped")
    train.add_argument("--config", help="a YAML file, or the name of a preset")
    train.add_argument("options", nargs="*", metavar="key=value", help="e.g. data=SHARDS out=RUN model.encoder.dim=512")
    evaluate = commands.add_parser("evaluate", help="recalls, ranks and phrase accuracy of a trained model")
    evaluate.add_argument("run", metavar="RUN", help="folder of the training run")
    evaluate.add_argument("--data", metavar="SHARDS", help="another data set than the one it was trained on")
    evaluate.add_argument("--split", choices=("train", "val", "test"), default="test")
    evaluate.add_argument("--device", default="auto")
    evaluate.add_argument("--coco-extended", action="store_true", help="CxC and ECCV Caption too (extra: eval)")
    evaluate.add_argument("--json", metavar="FILE", type=new_file, help="write the same as JSON")
    search = commands.add_parser(
        "search",
        help="photos for words, or captions for a photo, as a page that shows each phrase's score and region",
        description="Plain words have no phrases here: `python -m pipeline search` parses them first.",
    )
    add_search_arguments(search)
    args = parser.parse_args(argv)
    from multigrain.config import ConfigError

    try:
        return {"train": _train, "evaluate": _evaluate, "search": _search}[args.command](args)
    except (ConfigError, DataSetError, FileNotFoundError) as error:
        print(f"python -m multigrain {args.command}: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return FAILED


def add_search_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `search`, which two command lines have."""
    parser.add_argument("run", metavar="RUN", help="folder of the training run")
    parser.add_argument("query", metavar="WORDS", nargs="?", help="what the photos should show")
    parser.add_argument("--photo", metavar="IMAGE_ID", help="in place of words: which captions fit this photo?")
    parser.add_argument("--data", metavar="SHARDS", help="another data set than the one it was trained on")
    parser.add_argument("--split", choices=("train", "val", "test"), default="test", help="the photos to search")
    parser.add_argument(
        "--images", metavar="PHOTOS", help="folder of the photos, by default that of the data set's run"
    )
    parser.add_argument("--top", type=int, default=9, metavar="N")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--html", metavar="FILE", type=new_file, default="search.html")
    parser.add_argument("--png", metavar="FILE", type=new_file)


def new_file(name: str) -> Path:
    """Returns the path of a file to be written. Raises ArgumentTypeError where it cannot be: better before the work."""
    path = Path(name)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{name!r} is a folder")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{name!r}: there is no folder {path.parent}")
    return path


def _search(args: argparse.Namespace) -> int:
    from multigrain.search import Query

    return show_hits(args, Query(args.query or ""))


def show_hits(args: argparse.Namespace, query: Query) -> int:
    """Searches for the query, or for the captions of a photo, prints the hits and writes the page."""
    from multigrain.explain_image import explain_image
    from multigrain.explain_page import explain_page
    from multigrain.run import load_run
    from multigrain.search import captions_for, photo_folder, photos_for

    if bool(args.query) == bool(args.photo) or args.top < 1:
        print("error: give either words or --photo, and --top at least 1", file=sys.stderr)
        return WRONG
    run = load_run(args.run, device=args.device)
    data = run.open_data(args.data)
    if args.photo:
        try:
            title, hits = f"Captions for {args.photo}", captions_for(run, data, args.photo, args.top)
        except KeyError:
            print(f"error: {data.shards.folder} has no photo {args.photo!r} with regions", file=sys.stderr)
            return WRONG
    else:
        title, hits = query.text, photos_for(run, data, query, args.split, args.top)
    folder = Path(args.images) if args.images else photo_folder(data)
    if folder is None:
        print("without --images PHOTOS the page shows regions and no photos", file=sys.stderr)
    args.html.write_text(explain_page(title, hits, folder), "utf-8")
    if args.png:
        explain_image(title, hits, folder).save(args.png, "PNG")
    for place, hit in enumerate(hits, 1):
        phrases = "; ".join(f"{phrase.text} {phrase.score:.2f}" for phrase in hit.phrases)
        print(f"{place:3} {hit.score:7.3f}  {hit.image_id}  {hit.caption if args.photo else ''} [{phrases}]")
    print(args.html)
    return 0


def _train(args: argparse.Namespace) -> int:
    from multigrain.config import read_config
    from multigrain.distributed import process_group

    config = read_config(args.config, args.options)
    from multigrain.training import Trainer

    with process_group(config.device) as rank:
        progress = Trainer(config).train()
        if rank == 0:
            print(f"{progress.step} steps, best rSum of val {progress.best:.1f}: {config.out}")
    return 0


def _evaluate(args: argparse.Namespace) -> int:
    from multigrain.evaluation import as_text, evaluate
    from multigrain.run import load_run

    run = load_run(args.run, device=args.device)
    report = evaluate(run, run.open_data(args.data), args.split, extended=args.coco_extended)
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(as_text(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
