"""The command line of the torch package: `python -m multigrain train ...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from multigrain.shards import DataSetError

WRONG = 2  # exit code for options or data that cannot be


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command. Returns the exit code: 0 done, 2 wrong options or data."""
    parser = argparse.ArgumentParser(prog="python -m multigrain", description="Train models on shards.")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a model; the same command goes on where a killed one stopped")
    train.add_argument("--config", help="a YAML file, or the name of a preset")
    train.add_argument("options", nargs="*", metavar="key=value", help="e.g. data=SHARDS out=RUN model.encoder.dim=512")
    args = parser.parse_args(argv)
    from multigrain.config import ConfigError

    try:
        return _train(args)
    except (ConfigError, DataSetError) as error:
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


if __name__ == "__main__":
    sys.exit(main())
