"""The records that flow through the pipeline.

Legend: R regions of one image, D feature size. Boxes are (x1, y1, x2, y2) in pixels of the upright image
(EXIF orientation applied), sizes are (height, width). Spans are half-open [start, end) ranges; a *token* span
indexes `SceneGraph.tokens`, a *character* span indexes the caption's text (Python code points).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "val", "test"]
Span = tuple[int, int]
Label = Literal["positive", "negative", "unknown"]
PhraseKind = Literal["object", "relation"]
Replaced = Literal["object", "attribute", "quantity", "predicate", "roles"]


@dataclass(frozen=True, slots=True)
class Annotation:
    """One caption of one image as an annotation file has it, before it has an id of its own."""

    image_id: str  # the file's own id, else the file name, with its folder, without its extension
    uri: str  # path relative to the image folder
    split: Split
    caption_key: str | None  # the file's own id of the caption, where it has one
    position: int | None  # index among the captions of one entry, where they come as a list
    text: str  # outer white space stripped; never empty


@dataclass(frozen=True, slots=True)
class Caption:
    caption_id: str  # "<image_id>#<the file's own caption id, or the position>"; unique in the data set
    text: str  # as in the annotation file, outer white space stripped; never empty


@dataclass(frozen=True, slots=True)
class ImageRecord:
    image_id: str  # unique in the data set: the file's own id, else the file name without its extension
    uri: str  # path relative to the image folder, or "" where the run has no images
    split: Split
    captions: tuple[Caption, ...]  # in the order of their ids


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that a stage refused: nothing vanishes, in = out + rejected."""

    stage: str  # the VerbNoun label of the stage, e.g. "ExtractRegions"
    record_id: str  # image id, caption id, or "<file>:<line or entry>" where there is no id yet
    reason: str  # a short code that counts can be grouped by, e.g. "truncated_image"
    detail: str  # what was wrong, naming the file, the field and the value


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """What the detector saw in one image, sorted by descending object score."""

    features: NDArray[np.float32]  # (R, D)
    boxes: NDArray[np.float32]  # (R, 4) xyxy pixels, inside the image
    object_ids: NDArray[np.int32]  # (R,) index into the detector's object names
    object_scores: NDArray[np.float32]  # (R,) in [0, 1]
    attribute_ids: NDArray[np.int32]  # (R, A) best first; index into the attribute names; A may be 0
    attribute_scores: NDArray[np.float32]  # (R, A) in [0, 1]
    image_size: tuple[int, int]  # (height, width) in pixels


@dataclass(frozen=True, slots=True)
class Attribute:
    value: str  # lower case: "red", "wooden", "running"
    negated: bool  # True in "a cup that is not empty"
    span: Span  # token span


@dataclass(frozen=True, slots=True)
class TextObject:
    id: int  # its index in SceneGraph.objects; two "man" in one caption stay two
    head: str  # singular lemma, compounds kept: "man", "bicycle helmet"
    attributes: tuple[Attribute, ...]
    quantity: str | None  # "2", "several", "group"; None where the caption says nothing but a, an, the
    span: Span  # token span of the head with its compound words


@dataclass(frozen=True, slots=True)
class TextRelation:
    subject: int  # TextObject.id
    predicate: str  # lemma with particle and first preposition fused: "sit on", "in front of"
    object: int  # TextObject.id
    negated: bool  # a negated relation is never a fact
    span: Span  # token span of the predicate's words


@dataclass(frozen=True, slots=True)
class SceneGraph:
    tokens: tuple[Span, ...]  # character span of each token
    objects: tuple[TextObject, ...]
    relations: tuple[TextRelation, ...]
    note: str = ""  # why the graph is not to be trusted, e.g. "not_english"; "" where all is well

    def characters(self, span: Span) -> Span:
        """Returns the character span of a non-empty token span."""
        return self.tokens[span[0]][0], self.tokens[span[1] - 1][1]


@dataclass(frozen=True, slots=True)
class Phrase:
    """An object with its attributes and quantity, or a triple: the unit that labels are given to."""

    kind: PhraseKind
    text: str  # canonical words: "2 red ball", "man ride horse"; equal texts mean equal phrases
    caption_id: str
    objects: tuple[int, ...]  # TextObject ids in the caption's graph: (object,) or (subject, object)
    relation: int  # index into SceneGraph.relations, -1 for an object phrase
    span: Span  # token span that covers the phrase


@dataclass(frozen=True, slots=True)
class PhraseLabel:
    """What is known of a phrase (of any caption) with respect to one image."""

    phrase: Phrase
    label: Label
    reason: str  # a short code, e.g. "contained", "colour_conflict", "absent_head", "roles_swapped"
    confidence: float  # in (0, 1]


@dataclass(frozen=True, slots=True)
class ImageGraphs:
    """One image with its captions parsed: graphs[i] belongs to captions[i]."""

    image_id: str
    uri: str
    split: Split
    captions: tuple[Caption, ...]
    graphs: tuple[SceneGraph, ...]


@dataclass(frozen=True, slots=True)
class LabelledCaption:
    """A caption of another image of the same split, each of its phrases labelled with respect to this image."""

    caption_id: str
    image_id: str  # the image that the caption was written for
    labels: tuple[PhraseLabel, ...]


@dataclass(frozen=True, slots=True)
class HardPhrase:
    """A phrase that is false of the image, made from one of its own captions by replacing one thing."""

    replaced: Replaced
    kind: PhraseKind
    text: str  # canonical words of the false phrase
    caption_id: str  # the caption that it was made from
    sentence: str  # that caption with the false phrase in it
    characters: Span  # character span of the false phrase in `sentence`
    reason: str  # why it is false, as in PhraseLabel
    confidence: float  # in (0, 1]


@dataclass(frozen=True, slots=True)
class ImageLabels:
    image_id: str
    positives: tuple[Phrase, ...]  # P(I): the phrases of the image's own captions
    candidates: tuple[LabelledCaption, ...]  # in a fixed order that does not depend on the input's
    hard_phrases: tuple[HardPhrase, ...] = ()  # in the order of the captions


@dataclass(frozen=True, slots=True)
class RegionRelation:
    """A relation between two regions of one image, with what a reader needs to decide whether to believe it."""

    subject: int  # row of Regions
    predicate: str  # as in TextRelation, or as whoever predicted it names it
    object: int  # row of Regions
    score: float  # probability of the predicate if the two are related, in [0, 1]
    related: float  # probability that they are related at all, in [0, 1]


@dataclass(frozen=True, slots=True)
class ImageRelations:
    image_id: str
    relations: tuple[RegionRelation, ...]  # best first; at most one of an ordered pair of regions
