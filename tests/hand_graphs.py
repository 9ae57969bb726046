"""Scene graphs, captions and small corpora written by hand, for tests that must not depend on a parser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas.records import Attribute, Caption, ImageGraphs, SceneGraph, Split, TextObject, TextRelation
from transforms.absence import Absence
from transforms.compatibility import Compatibility, Row
from transforms.evidence import Evidence
from transforms.judge import Judge, Knowledge
from transforms.phrases import CaptionContent, read_caption

QUANTITIES = ("2", "3", "4", "several", "group of", "no")


def graph(*things: str, facts: Iterable[tuple[int, str, int]] = (), denied: Iterable[int] = ()) -> SceneGraph:
    """Returns a graph of things such as "2 red dog" or "cup !empty" (denied), each token span counted from 0 on.

    `facts` relate things by position; `denied` are positions in `facts` that the caption denies.
    """
    objects, at = [], 0
    for i, text in enumerate(things):
        words = text.split()
        denials = [word[1:] for word in words if word.startswith("!")]
        words = [word for word in words if not word.startswith("!")]
        quantity = next((q for q in QUANTITIES if text.startswith(q + " ")), None)
        rest = words[len(quantity.split()) :] if quantity else words
        attributes = [Attribute(w.replace("_", " "), False, (at + k, at + k + 1)) for k, w in enumerate(rest[:-1])]
        attributes += [Attribute(w, True, (at, at + 1)) for w in denials]
        head = rest[-1].replace("_", " ")
        objects.append(TextObject(i, head, tuple(attributes), quantity, (at + len(rest) - 1, at + len(rest))))
        at += len(rest)
    relations = []
    for k, (subject, predicate, object_) in enumerate(facts):
        relations.append(TextRelation(subject, predicate, object_, k in set(denied), (at, at + 1)))
        at += 1
    return SceneGraph(tuple((i, i + 1) for i in range(at)), tuple(objects), tuple(relations))


def image(image_id: str, graphs: Sequence[SceneGraph], split: Split = "train") -> ImageGraphs:
    """Returns an image whose captions have these graphs."""
    captions = tuple(Caption(f"{image_id}#{i}", f"caption {i} of {image_id}") for i in range(len(graphs)))
    return ImageGraphs(image_id, f"{image_id}.jpg", split, captions, tuple(graphs))


def content(item: SceneGraph) -> CaptionContent:
    return read_caption("0#0", item)


def words(*rows: tuple[str, str, str, str], associations: Sequence[tuple[str, str]] = ()) -> Compatibility:
    """Returns tables of (sort, left, right, relation) rows."""
    from transforms.compatibility import SORTS, Association

    table = {
        sort: tuple(
            Row(left, right, relation, 99, 1.0, 1.0, 0.0, 9.0) for s, left, right, relation in rows if s == sort
        )
        for sort in SORTS
    }
    return Compatibility(table, tuple(Association(left, right, 9, 9.0) for left, right in associations))


def judge(
    *captions: SceneGraph, compatibility: Compatibility | None = None, left_out: dict[str, float] | None = None
) -> Judge:
    """Returns the judge of an image with these captions; `left_out` gives heads' shares of being left out, of 1000."""
    shares = left_out or {}
    absence = Absence(dict.fromkeys(shares, 998), {head: round(share * 1000) - 1 for head, share in shares.items()})
    return Judge(Evidence(map(content, captions)), Knowledge(compatibility or words(), absence))
