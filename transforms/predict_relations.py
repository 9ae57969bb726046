"""Regions of a photo to relations between them, by a prior."""

from __future__ import annotations

import heapq

import numpy as np

from schemas.records import ImageRelations, RegionRelation
from transforms.relation_prior import Guess, RelationPrior
from transforms.seen_regions import SeenRegions
from transforms.spatial_relations import pair_places

PAIRS = 100  # ordered pairs of an image that are written, the best ones; which are good enough is the reader's choice


def predict_relations(regions: SeenRegions, prior: RelationPrior, *, pairs: int = PAIRS) -> ImageRelations:
    """Returns the pairs of regions that captions would most likely relate, each with its most likely predicate.

    The order is that of the probability that both regions are what they are called (their object scores), that a
    caption of such a photo relates the two, and that it does so by this predicate; then that of the regions.
    Regions that lie nowhere, as a dump without boxes leaves them, are in no relation.
    """
    if not regions.boxes.any():
        return ImageRelations(regions.image_id, ())
    ids, scores = regions.object_ids.tolist(), regions.object_scores.astype(np.float64)
    places = pair_places(regions.boxes).tolist()
    found: list[tuple[float, int, int, Guess]] = []
    for i, subject in enumerate(ids):
        for j, object_ in enumerate(ids):
            guess = prior.guess(subject, object_, places[i][j]) if i != j else None
            if guess is not None:
                found.append((-scores[i] * scores[j] * guess.related * guess.likely, i, j, guess))
    best = heapq.nsmallest(pairs, found)
    relations = (RegionRelation(i, guess.predicate, j, guess.likely, guess.related) for _, i, j, guess in best)
    return ImageRelations(regions.image_id, tuple(relations))
