"""Captions in a file become scene graphs in a JSONL file, and the first of them a picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tqdm import tqdm

from pipeline.identity import open_parser
from pipeline.options import OptionError
from pipeline.streams import STREAM, reading, writing
from transforms.graph_picture import picture
from transforms.scene_graphs import parse_lines


def parse_file(source: str, sink: str, spec: str, svg: Path | None = None) -> int:
    """Parses a caption a line into a JSON object a line, and returns how many there were.

    The output appears whole or not at all, except on standard output. Raises OptionError for files that cannot be read
    or written, lines that hold no caption, or a parser that cannot be loaded; a caption that cannot be parsed gets an
    empty graph.

    Args:
        source: a text file, a caption a line; a .jsonl file, {"caption": ...} a line; "-" for text on standard input.
        sink: the JSONL file to write, "-" for standard output.
        spec: the parser (see `load_parser`).
        svg: where to draw the first caption's graph.
    """
    parser = open_parser(spec)
    count = 0
    try:
        with reading(source) as lines, writing(sink) as graphs:
            shown = tqdm(lines, desc="graphs", unit="caption", dynamic_ncols=True, file=sys.stderr)
            captions = _captions(shown, "<stdin>" if source == STREAM else source)
            first = next(captions, None)
            for graph in parse_lines(captions if first is None else chain([first], captions), parser):
                graphs.write(json.dumps(graph, ensure_ascii=False) + "\n")
                count += 1
        if svg is not None and first is not None:
            svg.write_text(picture(first, next(parser.parse([first]))), encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{error.filename or sink}: {error.strerror}") from error
    return count


def _captions(lines: Iterator[bytes], name: str) -> Iterator[str]:
    """Yields the caption of each line; raises OptionError for a line that holds none, naming it."""
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8").rstrip("\r\n")
            if name.endswith(".jsonl"):
                text = json.loads(text)["caption"]
                if not isinstance(text, str):
                    raise TypeError("its caption is no text")
        except UnicodeDecodeError as error:
            raise OptionError(f"{name}:{number}: not UTF-8: {error}") from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise OptionError(f'{name}:{number}: not {{"caption": ...}}: {error}') from error
        yield text
