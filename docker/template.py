"""What a Dataflow Flex Template starts: its parameters become the command line of `run`."""

from __future__ import annotations

import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from pipeline.__main__ import main

OURS = ("out", "images", "detector", "device", "shards", "boxes", "candidates")


def command_line(parameters: Sequence[str]) -> list[str]:
    """Returns the arguments of `python -m pipeline` for a template's parameters; what Dataflow adds is passed on."""
    parser = ArgumentParser(allow_abbrev=False)
    parser.add_argument("--captions", required=True)
    parser.add_argument("--more", default="")
    for name in OURS:
        parser.add_argument(f"--{name}")
    given, beam = parser.parse_known_args(parameters)
    ours = [f"--{name}={value}" for name in OURS if (value := getattr(given, name)) is not None]
    beam = [flag for flag in beam if not flag.startswith("--runner")]
    return ["run", *given.captions.split(","), "--runner", "dataflow", *ours, *shlex.split(given.more), *beam]


if __name__ == "__main__":
    sys.exit(main(command_line(sys.argv[1:])))
