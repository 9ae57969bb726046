"""Phrase-level labels of one image: its positives, and captions of other images with each phrase labelled."""

from __future__ import annotations

from itertools import islice

from schemas.records import ImageGraphs, ImageLabels, LabelledCaption, PhraseLabel
from transforms.corpus import Corpus
from transforms.evidence import Evidence
from transforms.hard_phrases import hard_phrases
from transforms.judge import Judge
from transforms.phrases import CaptionContent, read_caption

LOOK = 4  # hard candidates looked at for each that is kept: some turn out to be true of the image in every phrase


def mine_image(image: ImageGraphs, corpus: Corpus, candidates: int) -> ImageLabels:
    """Returns P(I), and labels for `candidates` captions of other images of the split, fewer if the pool has fewer.

    The first half, rounded up, are hard: those that share most with the image's captions, weighed by rarity, and
    differ in some phrase. The others are drawn by the hash of image and caption. All that is known of the image is what
    its own captions say.
    """
    own = [read_caption(c.caption_id, g) for c, g in zip(image.captions, image.graphs, strict=True)]
    judge = Judge(Evidence(own), corpus.knowledge)
    pool = corpus.pools[image.split]
    wanted = (candidates + 1) // 2
    chosen: dict[str, LabelledCaption] = {}
    for image_id, caption in islice(pool.hard(image.image_id, own), LOOK * wanted):
        if len(chosen) == wanted:
            break
        labelled = label_caption(image_id, caption, judge)
        if labelled.labels and any(item.label != "positive" for item in labelled.labels):
            chosen[image_id] = labelled
    for image_id, caption in pool.random(image.image_id):
        if len(chosen) == candidates:
            break
        if image_id not in chosen and caption.phrases:
            chosen[image_id] = label_caption(image_id, caption, judge)
    positives = tuple(phrase for caption in own for phrase in caption.phrases)
    hard = hard_phrases(image.captions, image.graphs, own, judge, corpus.replacements)
    return ImageLabels(image.image_id, positives, tuple(chosen.values()), tuple(hard))


def label_caption(image_id: str, caption: CaptionContent, judge: Judge) -> LabelledCaption:
    """Returns the caption of image `image_id` with each phrase labelled with respect to the judge's image."""
    verdicts = judge.label_caption(caption)
    labels = tuple(PhraseLabel(phrase, *verdict) for phrase, verdict in zip(caption.phrases, verdicts, strict=True))
    return LabelledCaption(caption.caption_id, image_id, labels)
