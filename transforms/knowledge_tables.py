"""What a corpus taught about words, as tables in JSON: a row a line, to read and edit.

Tables come from a run's corpus.json or from the file that ships with the package, which says what it was learned from.

    python -m transforms.knowledge_tables OUT FILE "what OUT was made of"     the tables of a run, without its captions
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from transforms.absence import Absence
from transforms.compatibility import SORTS, Association, Compatibility, Row
from transforms.judge import Knowledge

FORMAT = 1
TABLES = (*SORTS, "associations", "mentions")
ROW = (str, str, str, int, float, float, float, float)  # of Row, Association and a mention
ASSOCIATION, MENTION = (str, str, int, float), (str, int, int)
SHIPPED = Path(__file__).parent / "tables" / "flickr30k.json"

Tables = list[tuple[str, Iterable[Any]]]  # (name, rows)


def tables(knowledge: Knowledge) -> Tables:
    """Returns the tables in a fixed order; a row of "mentions" is (head, mentions, mentions alone)."""
    compatibility, absence = knowledge.compatibility, knowledge.absence
    rows: Tables = [(sort, compatibility.rows[sort]) for sort in SORTS]
    rows.append(("associations", compatibility.associations))
    rows.append(("mentions", ([head, n, absence.alone.get(head, 0)] for head, n in absence.mentions.items())))
    return rows


def write_tables(named_rows: Tables, **about: Any) -> str:
    """Returns the canonical JSON of tables: equal tables give equal text, one row a line."""
    head = "".join(f"{json.dumps(name)}:{json.dumps(value)},\n" for name, value in about.items())
    body = (f'"{name}":[\n' + ",\n".join(map(_line, rows)) + "\n]" for name, rows in named_rows)
    return f'{{"format":{FORMAT},\n{head}' + ",\n".join(body) + "}\n"


def _line(row: Any) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=True)


def _rows(record: dict[str, Any], name: str, kinds: Sequence[type]) -> list[list[Any]]:
    """Returns a table, which people may have edited. Raises ValueError, naming the row, where one is not of `kinds`."""
    rows = record[name]
    if not isinstance(rows, list):
        raise ValueError(f"corpus: {name} is no table")
    for row in rows:
        fits = isinstance(row, list) and len(row) == len(kinds)
        numbers = (int, float)
        if not fits or not all(
            isinstance(value, numbers if kind is float else kind) for value, kind in zip(row, kinds, strict=True)
        ):
            raise ValueError(f"corpus: {name}: {row!r:.120}; {', '.join(kind.__name__ for kind in kinds)} expected")
    return rows


def read_record(text: str, names: Iterable[str]) -> dict[str, Any]:
    """Returns the tables by name; ValueError names what is not of this format, or missing."""
    try:
        record = json.loads(text)
    except RecursionError as error:
        raise ValueError(f"corpus of lists in lists in lists: {error}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        found = record.get("format") if isinstance(record, dict) else type(record).__name__
        raise ValueError(f"corpus of format {found!r} where {FORMAT} is expected")
    missing = [name for name in names if name not in record]
    if missing:
        raise ValueError(f"corpus without {', '.join(missing)}")
    return record


def read_knowledge(text: str) -> Knowledge:
    """Returns what the tables teach; ValueError as of `read_record`."""
    return knowledge_of(read_record(text, TABLES))


def knowledge_of(record: dict[str, Any]) -> Knowledge:
    """Returns what the tables of a record teach. Raises ValueError where a row is not as it should be."""
    rows = {sort: tuple(Row(*row) for row in _rows(record, sort, ROW)) for sort in SORTS}
    associations = tuple(Association(*row) for row in _rows(record, "associations", ASSOCIATION))
    compatibility = Compatibility(rows, associations)
    counts = _rows(record, "mentions", MENTION)
    mentions = {head: n for head, n, _ in counts}
    alone = {head: n for head, _, n in counts if n}
    return Knowledge(compatibility, Absence(mentions, alone))


@lru_cache(1)
def shipped_knowledge() -> Knowledge:
    """Returns what the file that ships with the package teaches."""
    return read_knowledge(SHIPPED.read_text())


def main() -> None:
    out, path, learned_from = sys.argv[1:]
    knowledge = read_knowledge((Path(out) / "corpus.json").read_text())
    Path(path).write_text(write_tables(tables(knowledge), learned_from=learned_from))


if __name__ == "__main__":
    main()
