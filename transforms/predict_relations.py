"""Regions of a photo to relations between them, by a prior."""

from __future__ import annotations

import numpy as np

from schemas.records import ImageRelations, RegionRelation
from transforms.relation_prior import RelationPrior
from transforms.seen_regions import SeenRegions
from transforms.spatial_relations import pair_places

PAIRS = 100  # ordered pairs of an image that are written, the best ones; which are good enough is the reader's choice


def predict_relations(regions: SeenRegions, prior: RelationPrior, *, pairs: int = PAIRS) -> ImageRelations:
    """Returns the pairs of regions that captions would most likely relate, each with its most likely predicate.

    The score is a probability: that both regions are what they are called (their object scores), that a caption of
    such a photo relates the two, and that it does so by this predicate. Equal scores are in the order of the regions.
    Regions that lie nowhere, as a dump without boxes leaves them, are in no relation.
    """
    if not regions.boxes.any():
        return ImageRelations(regions.image_id, ())
    ids, scores = regions.object_ids.tolist(), regions.object_scores.astype(np.float64)
    places = pair_places(regions.boxes).tolist()
    found: list[RegionRelation] = []
    for i, subject in enumerate(ids):
        for j, object_ in enumerate(ids):
            guess = prior.guess(subject, object_, places[i][j]) if i != j else None
            if guess is not None:
                score = float(np.float32(scores[i] * scores[j] * guess.related * guess.likely))
                found.append(RegionRelation(i, guess.predicate, j, score))
    found.sort(key=lambda relation: (-relation.score, relation.subject, relation.object))
    return ImageRelations(regions.image_id, tuple(found[:pairs]))
