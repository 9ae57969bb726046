"""Labels for captions as text: what is known to be true of one photo, and what to judge against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from schemas.records import SceneGraph
from transforms.evidence import Evidence
from transforms.judge import Judge, Knowledge
from transforms.knowledge_tables import shipped_knowledge
from transforms.phrases import read_caption
from transforms.scene_graphs import CaptionParser, default_parser

# A caption is {"text", "phrases": [{"text", "span", "kind", "label", "reason", "confidence"}]}.
LabelledText = dict[str, Any]


class Question(NamedTuple):
    """Captions that are true of one photo, and captions to judge."""

    id: Any
    positives: Sequence[str]
    captions: Sequence[str]


def label_captions(
    positives: Sequence[str],
    captions: Sequence[str],
    *,
    parser: CaptionParser | None = None,
    knowledge: Knowledge | None = None,
) -> list[LabelledText]:
    """Returns each caption with its phrases labelled by what the positives, captions of one photo, say.

    A caption is {"text", "phrases": [{"text", "span", "kind", "label", "reason", "confidence"}]}; spans are the
    caption's character spans [start, end). The parser and the knowledge are by default those that ship.
    """
    question = Question(None, positives, captions)
    (answer,) = answer_questions([question], parser or default_parser(), knowledge or shipped_knowledge())
    return list(answer["captions"])


def read_question(record: Any) -> Question:
    """Returns the question of a record {"id", "positives", "captions"}; ValueError says what is wrong with it."""
    if not isinstance(record, dict) or "id" not in record:
        raise ValueError(f"a record must be an object with an id, got {str(record)[:80]!r}")
    for name in ("positives", "captions"):
        texts = record.get(name)
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"record {record['id']!r}: {name} must be a list of captions, got {str(texts)[:80]!r}")
    return Question(record["id"], record["positives"], record["captions"])


def answer_questions(
    questions: Sequence[Question], parser: CaptionParser, knowledge: Knowledge
) -> Iterator[dict[str, Any]]:
    """Yields {"id", "captions": [labelled caption]} for each question, in order; all are parsed together."""
    graphs = iter(parser.parse([text for q in questions for text in (*q.positives, *q.captions)]))
    for question in questions:
        known = [read_caption("", next(graphs)) for _ in question.positives]
        judge = Judge(Evidence(known), knowledge)
        asked = ((text, next(graphs)) for text in question.captions)
        yield {"id": question.id, "captions": list(_labelled(asked, judge))}


def _labelled(captions: Iterable[tuple[str, SceneGraph]], judge: Judge) -> Iterator[LabelledText]:
    for text, graph in captions:
        caption = read_caption("", graph)
        phrases = [
            {
                "text": phrase.text,
                "span": list(graph.characters(phrase.span)),
                "kind": phrase.kind,
                "label": verdict.label,
                "reason": verdict.reason,
                "confidence": round(verdict.confidence, 4),
            }
            for phrase, verdict in zip(caption.phrases, judge.label_caption(caption), strict=True)
        ]
        yield {"text": text, "phrases": phrases}
