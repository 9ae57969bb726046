"""Captions in a JSONL file get labels for their phrases, by what is known to be true of their photos."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from pipeline.identity import open_parser
from pipeline.options import OptionError
from pipeline.streams import STREAM, reading, writing
from transforms.judge import Knowledge
from transforms.judge_captions import Question, answer_questions, read_question
from transforms.knowledge_tables import read_knowledge, shipped_knowledge
from transforms.write_labels import CORPUS

BLOCK = 64  # lines that are parsed together


class Tally(NamedTuple):
    labelled: int
    rejected: list[str]  # "<file>:<line>: what is wrong", a line that was refused


def label_file(source: str, sink: str, spec: str, artifacts: Path | None) -> Tally:
    """Labels the captions of a JSONL file, {"id", "positives", "captions"} a line, and returns what became of them.

    A line that is no such record is left out and named; in = labelled + rejected. The output appears whole or not at
    all, except on standard output. Raises OptionError for files that cannot be read or written, a parser that cannot
    be loaded, or a folder that holds no tables.
    """
    knowledge = _knowledge(artifacts)
    parser = open_parser(spec)
    labelled, rejected = 0, list[str]()
    try:
        with reading(source) as lines, writing(sink) as answers:
            shown = tqdm(lines, desc="labels", unit="line", dynamic_ncols=True, file=sys.stderr)
            questions = _questions(shown, "<stdin>" if source == STREAM else source, rejected)
            while block := list(islice(questions, BLOCK)):
                for answer in answer_questions(block, parser, knowledge):
                    answers.write(json.dumps(answer) + "\n")
                    labelled += 1
    except OSError as error:
        raise OptionError(f"{error.filename or source}: {error.strerror}") from error
    return Tally(labelled, rejected)


def _knowledge(artifacts: Path | None) -> Knowledge:
    if artifacts is None:
        return shipped_knowledge()
    path = artifacts / CORPUS
    try:
        return read_knowledge(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(f"--artifacts: {path}: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise OptionError(f"--artifacts: {path}: {error}") from error


def _questions(lines: Iterator[bytes], name: str, rejected: list[str]) -> Iterator[Question]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield read_question(json.loads(line))
        except (ValueError, RecursionError) as error:  # of JSON, of UTF-8, or of the record
            rejected.append(f"{name}:{number}: {error}")
