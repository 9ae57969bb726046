"""Labels for captions as text: what is known to be true of one photo, and what to judge against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transforms.evidence import Evidence
from transforms.judge import Judge, Knowledge
from transforms.phrases import read_caption
from transforms.scene_graphs import CaptionParser


def judge_captions(
    positives: Sequence[str], captions: Sequence[str], parser: CaptionParser, knowledge: Knowledge
) -> list[dict[str, Any]]:
    """Returns each caption with its phrases labelled by what the positives, captions of one photo, say.

    A caption is {"caption", "phrases": [{"text", "span", "kind", "label", "reason", "confidence"}]}; spans are the
    caption's character spans [start, end).
    """
    graphs = list(parser.parse([*positives, *captions]))
    known = [read_caption("", graph) for graph in graphs[: len(positives)]]
    judge = Judge(Evidence(known), knowledge)
    judged = []
    for text, graph in zip(captions, graphs[len(positives) :], strict=True):
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
        judged.append({"caption": text, "phrases": phrases})
    return judged


def judge_record(record: Any, parser: CaptionParser, knowledge: Knowledge) -> dict[str, Any]:
    """Returns {"id", "captions"} for a record {"id", "positives", "captions"}; ValueError says what is wrong."""
    if not isinstance(record, dict) or "id" not in record:
        raise ValueError(f"a record must be an object with an id, got {str(record)[:80]!r}")
    for name in ("positives", "captions"):
        texts = record.get(name)
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"record {record['id']!r}: {name} must be a list of captions, got {str(texts)[:80]!r}")
    return {"id": record["id"], "captions": judge_captions(record["positives"], record["captions"], parser, knowledge)}
