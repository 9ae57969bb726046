"""Photos for a caption, captions for a photo: each hit with what the model thinks of every phrase, and where it looked.

Legend: N photos, M captions of the split, K phrases of a caption, R regions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from multigrain.batch import NO_PHRASE, Captions
from multigrain.caption_table import behind_padding, read_captions
from multigrain.data import DataSet, captions_of
from multigrain.models.retrieval_model import PhraseScores
from multigrain.run import Run
from multigrain.scoring import encode_captions, encode_photos
from schemas.graph_shard import graph_table
from schemas.label_shard import label_table
from schemas.manifest import RUN
from schemas.records import Caption, ImageGraphs, ImageLabels, Phrase, SceneGraph, Split

Box = tuple[float, float, float, float]
NO_GRAPH = SceneGraph((), (), ())


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrase of a caption held against a photo."""

    text: str  # as it stands in the caption
    score: float  # in [-1, 1]
    boxes: tuple[Box, ...]  # xyxy pixels of the region that it attends to most, or of several where they are equal


@dataclass(frozen=True, slots=True)
class Hit:
    """A photo and a caption that were found to fit."""

    image_id: str
    uri: str  # of the photo, below the folder of photos
    image_size: tuple[int, int]  # height, width in pixels; 1 x 1 where it is not known, and boxes are fractions of it
    caption: str
    score: float
    phrases: tuple[PhraseHit, ...]  # none where the model gives them no scores


@dataclass(frozen=True, slots=True)
class Query:
    """Words to look for, with the phrases that a parser found in them: none is a query of plain words."""

    text: str
    graph: SceneGraph = NO_GRAPH
    phrases: tuple[Phrase, ...] = ()  # of transforms.phrases, of the graph; their caption_id is of no account

    @property
    def phrase_texts(self) -> list[str]:
        return [_text(self.text, self.graph, phrase) for phrase in self.phrases]

    def captions(self, run: Run) -> Captions:
        """Returns the query as a model reads it."""
        caption = Caption("query", self.text)
        own = [Phrase(p.kind, p.text, "query", p.objects, p.relation, p.span) for p in self.phrases]
        graphs = (
            graph_table([ImageGraphs("query", "", "test", (caption,), (self.graph,))])["captions"].chunk(0).flatten()
        )
        labels = label_table([ImageLabels("query", tuple(own), ())])["positives"].chunk(0).flatten()
        table = read_captions("query", graphs, labels, run.tokenizer)
        table["caption_image"] = np.array([-1])
        return captions_of(behind_padding(table, run.tokenizer), np.array([0]))


def photos_for(run: Run, data: DataSet, query: Query, split: Split, top: int = 10) -> list[Hit]:
    """Returns the photos of a split that fit a query best, best first.

    Raises DataSetError where the split has no photos with regions.
    """
    images = encode_photos(run.model, data, split, run.device)
    captions = query.captions(run)
    with torch.inference_mode():
        text = run.model.encode_captions(captions.to(run.device))
        scores = torch.cat([run.model.scores(block, text)[:, 0].float().cpu() for block in images])
    best = torch.argsort(scores, descending=True, stable=True)[:top].tolist()
    photos = data.photo_rows(split)[best]
    return [
        _hit(run, data, int(photo), query.text, captions, query.phrase_texts, float(scores[place]))
        for photo, place in zip(photos, best, strict=True)
    ]


def captions_for(run: Run, data: DataSet, image_id: str, top: int = 10) -> list[Hit]:
    """Returns the captions of a photo's split that fit it best, best first. Raises KeyError where there is none."""
    photo, split = data.find(image_id)
    captions = encode_captions(run.model, data, split, run.device)
    with torch.inference_mode():
        image = run.model.encode_images(data.photos(np.array([photo])).to(run.device))
        scores = torch.cat([run.model.scores(image, block)[0].float().cpu() for block in captions])
    best = torch.argsort(scores, descending=True, stable=True)[:top].tolist()
    found = []
    for place in best:
        row = int(data.caption_rows(split)[place])
        owner = data.shards[int(data.caption_images(np.array([row]))[0])]
        number = row - data.first_caption(row)
        caption, graph = owner.graphs.captions[number], owner.graphs.graphs[number]
        phrases = [p for p in owner.labels.positives if p.caption_id == caption.caption_id]
        texts = [_text(caption.text, graph, phrase) for phrase in phrases]
        found.append(_hit(run, data, photo, caption.text, data.captions(np.array([row])), texts, float(scores[place])))
    return found


def photo_folder(data: DataSet) -> Path | None:
    """Returns the folder of photos that the data set was made from, where it has a run.json that names one."""
    if not (data.shards.folder / RUN).is_file():
        return None
    options = json.loads((data.shards.folder / RUN).read_text("utf-8")).get("options", {})
    return Path(options["images"]) if options.get("images") else None


def _hit(
    run: Run, data: DataSet, photo: int, text: str, captions: Captions, phrases: Sequence[str], score: float
) -> Hit:
    photos = data.photos(np.array([photo]))
    found: tuple[PhraseHit, ...] = ()
    if isinstance(run.model, PhraseScores):
        with torch.inference_mode():
            image = run.model.encode_images(photos.to(run.device))
            caption = run.model.encode_captions(captions.to(run.device))
            scores = run.model.phrase_scores(image, caption)[0, 0].tolist()
            weight = run.model.phrase_regions(image, caption)[0, 0].cpu()  # (K, R)
        most = weight == weight.amax(1, keepdim=True)
        boxes, kinds = photos.boxes[0], captions.phrase_kind[0].tolist()
        found = tuple(
            PhraseHit(words, scores[k], tuple((x1, y1, x2, y2) for x1, y1, x2, y2 in boxes[most[k]].tolist()))
            for k, words in enumerate(phrases)
            if kinds[k] != NO_PHRASE
        )
    graphs = data.shards[photo].graphs
    height, width = photos.image_size[0].tolist()
    return Hit(graphs.image_id, graphs.uri, (int(height), int(width)), text, score, found)


def _text(caption: str, graph: SceneGraph, phrase: Phrase) -> str:
    start, end = graph.characters(phrase.span)
    return caption[start:end]
