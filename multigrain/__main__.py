"""The command line of the torch package: `python -m multigrain train | evaluate ...`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from multigrain.shards import DataSetError

WRONG = 2  # exit code for options or data that cannot be


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command. Returns the exit code: 0 done, 2 wrong options or data."""
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
    evaluate.add_argument("--json", metavar="FILE", help="write the same as JSON")
    args = parser.parse_args(argv)
    from multigrain.config import ConfigError

    try:
        return {"train": _train, "evaluate": _evaluate}[args.command](args)
    except (ConfigError, DataSetError, FileNotFoundError) as error:
        print(f"python -m multigrain {args.command}: {error}", file=sys.stderr)
        return WRONG


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
        Path(args.json).write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(as_text(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
