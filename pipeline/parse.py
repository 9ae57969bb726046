"""Captions in a text file become scene graphs in a JSONL file."""

from __future__ import annotations

import json
import os
import sys
import uuid
from pathlib import Path

from tqdm import tqdm

from pipeline.identity import open_parser
from pipeline.options import OptionError
from transforms.scene_graphs import parse_lines


def parse_file(captions: Path, graphs: Path, spec: str) -> int:
    """Parses a caption a line into a JSON object a line, and returns how many there were.

    The output appears whole or not at all. Raises OptionError for files that cannot be read or written, or a parser
    that cannot be loaded; a caption that cannot be parsed gets an empty graph.
    """
    parser = open_parser(spec)
    temporary = graphs.with_name(f".tmp-{uuid.uuid4().hex}-{graphs.name}")
    count = 0
    try:
        with captions.open(encoding="utf-8", newline="\n") as source, temporary.open("w", encoding="utf-8") as sink:
            lines = tqdm(source, desc="graphs", unit="caption", dynamic_ncols=True, file=sys.stderr)
            for graph in parse_lines(lines, parser):
                sink.write(json.dumps(graph, ensure_ascii=False) + "\n")
                count += 1
        os.replace(temporary, graphs)
    except UnicodeDecodeError as error:
        raise OptionError(f"{captions}: not UTF-8 after {count} lines: {error}") from error
    except OSError as error:
        raise OptionError(f"{error.filename or graphs}: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return count
