"""False phrases that are hard to tell: a caption of the image with one thing, word or pair in it replaced.

A thing, an attribute, a count or a relation gives way to another that the corpus says in that place, or subject and
object change places. What the captions of the image do not exclude is no such phrase: each is judged as a phrase of
another caption is, on its own, and kept only where it is negative. It comes with the sentence in which it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import get_args

from schemas.claims import Fact
from schemas.records import Caption, HardPhrase, Replaced, SceneGraph, Span
from transforms.corpus_sample import hash64
from transforms.judge import Judge
from transforms.phrases import CaptionContent, phrase_text
from transforms.replacements import Replacement, Replacements, Sentence

PER_CAPTION = 2  # hard phrases of a caption, at most
LOOK = 6  # replacements judged of a kind and caption, at most
KINDS: tuple[Replaced, ...] = get_args(Replaced)


def hard_phrases(
    captions: Sequence[Caption],
    graphs: Sequence[SceneGraph],
    contents: Sequence[CaptionContent],
    judge: Judge,
    replacements: Replacements,
) -> Iterator[HardPhrase]:
    """Yields the hard phrases of one image, at most `PER_CAPTION` a caption, of kinds that it has least of so far.

    Which they are depends on the caption ids, the captions and the corpus alone.
    """
    used: Counter[Replaced] = Counter()
    for caption, graph, content in zip(captions, graphs, contents, strict=True):
        sentence, left = Sentence(caption.text, graph), PER_CAPTION
        rank = {kind: (used[kind], hash64("kind", kind, caption.caption_id)) for kind in KINDS}
        for kind in sorted(KINDS, key=rank.__getitem__):
            found = _first_false(replacements.of(kind, sentence, content), caption, judge) if left else None
            if found:
                left -= 1
                used[kind] += 1
                yield found


def _first_false(proposed: Iterable[Replacement], caption: Caption, judge: Judge) -> HardPhrase | None:
    """Returns the first of the proposed phrases, in an order that the caption's id decides, that is false."""
    ranked = sorted(proposed, key=lambda r: hash64("hard", caption.caption_id, phrase_text(r.content), str(r.edits)))
    for replacement in islice(ranked, LOOK):
        verdict = judge.label(replacement.content)
        if verdict.label == "negative":
            sentence, characters = _rewritten(caption.text, replacement)
            return HardPhrase(
                replacement.kind,
                "relation" if isinstance(replacement.content, Fact) else "object",
                phrase_text(replacement.content),
                caption.caption_id,
                sentence,
                characters,
                verdict.reason,
                verdict.confidence,
            )
    return None


def _rewritten(text: str, replacement: Replacement) -> tuple[str, Span]:
    """Returns the sentence with all edits made, and where the phrase then stands."""
    start, end = replacement.characters
    for (first, last), words in sorted(replacement.edits, reverse=True):
        text = text[:first] + words + text[last:]
        grown = len(words) - (last - first)
        start += grown if last <= start else 0
        end += grown if last <= end else 0
    return text, (start, end)
