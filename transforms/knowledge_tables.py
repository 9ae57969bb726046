"""What a corpus taught about words, as tables in JSON: a row a line, to read and edit.

Tables come from a run's corpus.json or from the file that ships with the package, which says what it was learned from.

    python -m transforms.knowledge_tables OUT FILE "what OUT was made of"     the tables of a run, without its captions
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from transforms.absence import Absence
from transforms.compatibility import SORTS, Association, Compatibility, Row
from transforms.judge import Knowledge

FORMAT = 1
TABLES = (*SORTS, "associations", "mentions")
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


def read_record(text: str, names: Iterable[str]) -> dict[str, Any]:
    """Returns the tables by name; ValueError names what is not of this format, or missing."""
    record = json.loads(text)
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
    """Returns what the tables of a record teach."""
    rows = {sort: tuple(Row(*row) for row in record[sort]) for sort in SORTS}
    compatibility = Compatibility(rows, tuple(Association(*row) for row in record["associations"]))
    mentions = {head: n for head, n, _ in record["mentions"]}
    alone = {head: n for head, _, n in record["mentions"] if n}
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
