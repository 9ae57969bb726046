"""ReSG, a reconstruction after the abstract of IEEE T-Cyb 54(2), 2024; docs/models.md says what is stated, what ours.

Two graph encoders, VReG of the photo and TReG of the caption, each over object nodes and relation nodes. VReG:
objects are regions, a relation node is made of its subject's and object's vectors, its predicate and the box around
both. TReG: objects are object phrases, a relation node is the mean of its predicate's tokens. A round lets the
relations ask their objects and the objects their relations, along edges typed "subject" and "object".

    node score   = cosine of an object of the caption with its best region, of a triple with its best relation
    graph score  = what the caption's node scores say together (multigrain.evidence)
    score        = graph score + delta cos(pooled photo, pooled caption)
    L = triplet(graph score) + delta triplet(cosine) + centre hinge(wholes) + positive-negative margin(nodes)

Legend: N photos, M captions, R regions, E relations a photo, T tokens, K phrases a caption, P phrases of all
captions, D size of a vector.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from multigrain.attention import RelationalAttention
from multigrain.batch import NO_PHRASE, TRIPLE, Captions, Photos
from multigrain.encoders import EncoderConfig, RegionEncoder, Sizes, TextEncoder, box_geometry
from multigrain.evidence import CaptionScore, PhraseSum
from multigrain.late_interaction import masked_softmax, similarities, unit_vectors
from multigrain.losses import Pairs, centre_hinge, positive_negative_margin, triplet
from multigrain.models.retrieval_model import PhraseScores, RetrievalModel
from multigrain.phrases import gather_nodes, span_means
from multigrain.pooling import Pooling, make_pool, masked_mean
from multigrain.ranges import Amount, Cosine, Count, Number, Share
from schemas.feature_shard import SPATIAL_RELATIONS

SUBJECT, ENDS_OBJECT = 1, 2  # edge types


@dataclass(frozen=True, slots=True)
class ResgConfig:
    name: Literal["resg"] = "resg"
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    relations: Literal["predicted", "proposed"] = "predicted"  # those of the shards, or pairs that the model picks
    kept_relations: Count = 25  # E, the most confident ones
    graph: PhraseSum = "evidence"  # how the scores of a caption's nodes make the graph score; "mean" is near SGM
    rounds: Number = 2
    heads: Count = 4
    dropout: Share = 0.1
    pooling: Pooling = "gpo"  # of the vectors of wholes
    global_weight: Amount = 1.0  # delta; 0 leaves the graph score alone
    margin: Amount = 0.2
    centre_weight: Amount = 0.1
    centre_margins: tuple[Amount, Amount] = (0.2, 0.8)  # nearer to the own centre, further from others; 1 - cosine
    node_weight: Amount = 1.0  # of the positive-negative margin loss
    node_boundary: Cosine = 0.3  # between cosines of true and of false nodes
    node_margin: Amount = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class ResgImages:
    whole: Tensor  # (N, D) unit vectors
    objects: Tensor  # (N, R, D) unit vectors
    objects_mask: Tensor  # (N, R)
    relations: Tensor  # (N, E, D) unit vectors
    relations_mask: Tensor  # (N, E)
    pairs: Tensor  # (N, E, 2) the regions at the ends of each relation, in 0 .. R - 1 also where there is none


@dataclass(frozen=True, slots=True, eq=False)
class ResgCaptions:
    whole: Tensor  # (M, D) unit vectors
    nodes: Tensor  # (P, D) unit vectors; a caption without phrases has its mean here as an object, behind all others
    said: Tensor  # (P, 2) weight and threshold of each node
    caption: Tensor  # (P,) whose node it is
    triple: Tensor  # (P,) true for a relation node
    present: Tensor  # (M, K) where the nodes but those means stand, in the order of `nodes`


class GraphEncoder(nn.Module):
    """Rounds of objects -> relations -> objects along typed, directed edges; one for each side (VReG, TReG)."""

    def __init__(self, config: ResgConfig) -> None:
        super().__init__()
        dim = config.encoder.dim

        def layers() -> nn.ModuleList:
            layer = RelationalAttention
            return nn.ModuleList(
                layer(dim, heads=config.heads, edge_types=ENDS_OBJECT, dropout=config.dropout)
                for _ in range(config.rounds)
            )

        self.to_relations, self.to_objects = layers(), layers()

    def forward(self, objects: Tensor, relations: Tensor, ends: Tensor) -> tuple[Tensor, Tensor]:
        """Returns objects (B, R, D) and relations (B, E, D); ends (B, E, R) says which objects are whose ends."""
        for to_relations, to_objects in zip(self.to_relations, self.to_objects, strict=True):
            relations = to_relations(relations, objects, ends)
            objects = to_objects(objects, relations, ends.transpose(1, 2))
        return objects, relations


class Resg(RetrievalModel[ResgImages, ResgCaptions], PhraseScores[ResgImages, ResgCaptions]):
    """Relation-enhanced scene graphs on both sides, matched node by node."""

    def __init__(self, config: ResgConfig, sizes: Sizes) -> None:
        """Raises ValueError where the data set has no relations to take."""
        super().__init__()
        self.config = config
        dim = config.encoder.dim
        self.regions, self.text = RegionEncoder(config.encoder, sizes), TextEncoder(config.encoder, sizes)
        self.ends = nn.Linear(2 * dim, dim)
        self.union = nn.Linear(7, dim)
        if config.relations == "predicted":
            if not sizes.predicates:
                raise ValueError("the data set has no relations between regions: set model.relations to proposed")
            self.predicate = nn.Embedding(sizes.predicates, dim)
        else:
            self.predicate = nn.Embedding(len(SPATIAL_RELATIONS), dim)
            self.pair_subject, self.pair_object = nn.Linear(dim, 64), nn.Linear(dim, 64)
        nn.init.normal_(self.predicate.weight, std=0.1)
        self.kind = nn.Embedding(2, dim)  # object, triple
        nn.init.normal_(self.kind.weight, std=0.02)
        self.visual, self.textual = GraphEncoder(config), GraphEncoder(config)
        self.pool_regions, self.pool_tokens = make_pool(config.pooling), make_pool(config.pooling)
        self.graph = CaptionScore(config.graph, dim, threshold=config.node_boundary)

    @property
    def wants_labels(self) -> bool:
        return self.config.node_weight > 0

    def encode_images(self, photos: Photos) -> ResgImages:
        objects, mask = self.regions(photos)  # (N, R, D)
        pairs, names, strength, there = self._relations(photos, objects, mask)
        subject, object_ = pairs.unbind(2)  # (N, E)
        relations = self.ends(torch.cat([gather_nodes(objects, subject), gather_nodes(objects, object_)], dim=2))
        boxes = union_boxes(photos.boxes, pairs)
        relations = (
            relations * strength[:, :, None]
            + self.predicate(names)
            + self.union(box_geometry(boxes, photos.image_size).to(relations.dtype))
        )
        place = torch.arange(objects.shape[1], device=mask.device)
        ends = torch.zeros(*subject.shape, len(place), dtype=torch.long, device=mask.device)  # (N, E, R)
        for index, kind in ((subject, SUBJECT), (object_, ENDS_OBJECT)):
            ends = torch.where((index[:, :, None] == place) & there[:, :, None], kind, ends)
        objects, relations = self.visual(objects, relations, ends)
        whole = unit_vectors(self.pool_regions(objects, mask))
        return ResgImages(whole, unit_vectors(objects), mask, unit_vectors(relations), there, pairs)

    def _relations(self, photos: Photos, objects: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Returns pairs (N, E, 2), names (N, E), strengths (N, E) and which of them are there (N, E)."""
        kept = self.config.kept_relations
        if self.config.relations == "predicted":
            pairs = photos.relation_pairs[:, :kept]  # best first
            score = photos.relation_score[:, :kept]
            there = (
                (score > 0) & mask.gather(1, pairs[..., 0].clamp_min(0)) & mask.gather(1, pairs[..., 1].clamp_min(0))
            )
            names = photos.relation_predicate[:, :kept]
            there = there & (names >= 0)
            return pairs.clamp_min(0), names.clamp_min(0), torch.ones_like(score, dtype=objects.dtype), there
        n, r = mask.shape
        logits = self.pair_subject(objects) @ self.pair_object(objects).transpose(1, 2) / 8  # (N, R, R)
        itself = torch.eye(r, dtype=torch.bool, device=mask.device)
        allowed = mask[:, :, None] & mask[:, None, :] & ~itself
        best, index = logits.float().masked_fill(~allowed, -1e4).view(n, -1).topk(min(kept, r * (r - 1)), dim=1)
        pairs = torch.stack([index // r, index % r], dim=2)
        names = photos.spatial.view(n, -1).gather(1, index).long()
        return pairs, names, torch.sigmoid(best).to(objects.dtype), allowed.view(n, -1).gather(1, index)

    def encode_captions(self, captions: Captions) -> ResgCaptions:
        tokens, mask = self.text(captions)  # (M, T, D)
        triple = captions.phrase_kind == TRIPLE
        means, spoken = span_means(tokens, mask, captions.phrase_tokens)  # (M, K, D)
        predicates, named = span_means(tokens, mask, captions.phrase_predicate)
        # A relation node is its predicate's words; one without words of its own ("'s") is the words around.
        nodes = torch.where((triple & named)[:, :, None], predicates, means) + self.kind(triple.long())
        present = spoken & (captions.phrase_kind != NO_PHRASE)
        place = torch.arange(nodes.shape[1], device=mask.device)
        ends = torch.zeros(*triple.shape, len(place), dtype=torch.long, device=mask.device)  # (M, K, K)
        for i, kind in ((0, SUBJECT), (1, ENDS_OBJECT)):
            is_end = (captions.phrase_ends[:, :, i, None] == place) & present[:, None, :]
            ends = torch.where(is_end & (triple & present)[:, :, None], kind, ends)
        objects, relations = self.textual(nodes, nodes, ends)
        nodes = torch.where(triple[:, :, None], relations, objects)
        whole = self.pool_tokens(tokens, mask)
        bare = ~present.any(1)
        flat = torch.cat([nodes[present], masked_mean(tokens, mask)[bare]])
        caption = torch.cat([present.nonzero()[:, 0], bare.nonzero()[:, 0]])
        is_triple = torch.cat([triple[present], triple.new_zeros(int(bare.sum()))])
        return ResgCaptions(unit_vectors(whole), unit_vectors(flat), self.graph(flat), caption, is_triple, present)

    def scores(self, images: ResgImages, captions: ResgCaptions) -> Tensor:
        graph, whole, _ = self._compare(images, captions)
        return graph + self.config.global_weight * whole

    def _compare(self, images: ResgImages, captions: ResgCaptions) -> tuple[Tensor, Tensor, Tensor]:
        """Returns graph scores (N, M), cosines of wholes (N, M) and scores of nodes (N, P)."""
        node, _ = self._best(images, captions)
        graph = self.graph.combine(node, captions.said, captions.caption, len(captions.whole))
        return graph, images.whole @ captions.whole.t(), node

    def _best(self, images: ResgImages, captions: ResgCaptions) -> tuple[Tensor, Tensor]:
        """Returns for each node the cosine (N, P) of the best node of its kind, and cosines with all (N, R + E, P).

        A photo without relations is asked for the best region instead.
        """
        members = torch.cat([images.objects, images.relations], dim=1)
        similarity = similarities(members, captions.nodes)
        none = ~images.relations_mask.any(1, keepdim=True)
        as_object = torch.cat([images.objects_mask, torch.zeros_like(images.relations_mask)], dim=1)  # (N, R + E)
        as_triple = torch.cat([images.objects_mask & none, images.relations_mask], dim=1)
        allowed = torch.where(captions.triple, as_triple[:, :, None], as_object[:, :, None])  # (N, R + E, P)
        similarity = similarity.masked_fill(~allowed, -1.0)
        return similarity.amax(1), similarity

    def losses(self, images: ResgImages, captions: ResgCaptions, pairs: Pairs) -> dict[str, Tensor]:
        config = self.config
        graph, whole, node = self._compare(images, captions)
        losses = {
            "graph": triplet(graph, pairs, margin=config.margin),
            # Also with a weight of 0: DDP waits for a gradient of every weight, those of the poolings too.
            "global": config.global_weight * triplet(whole, pairs, margin=config.margin),
        }
        if config.centre_weight:
            near, far = config.centre_margins
            losses["centre"] = config.centre_weight * centre_hinge(
                images.whole, captions.whole, pairs.matches, near=near, far=far
            )
        if config.node_weight:
            scores, label, confidence = self._node_labels(graph, node, captions, pairs)
            losses["node"] = config.node_weight * positive_negative_margin(
                scores, label, confidence, boundary=config.node_boundary, margin=config.node_margin
            )
        return losses

    def _node_labels(
        self, graph: Tensor, node: Tensor, captions: ResgCaptions, pairs: Pairs
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Returns scores, labels and confidences: of nodes by phrase labels, else of whole graphs by what matches."""
        if pairs.label is None or pairs.confidence is None:
            return graph, pairs.matches.long() * 2 - 1, torch.ones_like(graph)
        real = int(captions.present.sum())
        return node[:, :real], pairs.label[:, captions.present], pairs.confidence[:, captions.present]

    def phrase_scores(self, images: ResgImages, captions: ResgCaptions) -> Tensor:
        node, _ = self._best(images, captions)
        scores = node.new_full((len(node), *captions.present.shape), -1.0)
        scores[:, captions.present] = node[:, : int(captions.present.sum())]
        return scores

    def phrase_regions(self, images: ResgImages, captions: ResgCaptions) -> Tensor:
        """Of a triple: half for each end of the relation that its score is of; without relations as of an object."""
        _, similarity = self._best(images, captions)
        similarity = similarity[:, :, : int(captions.present.sum())]  # (N, R + E, P)
        mask = images.objects_mask
        weight = masked_softmax(similarity[:, : mask.shape[1]] * 10, mask[:, :, None], dim=1).transpose(1, 2)
        best = similarity.argmax(1)  # (N, P)
        region = torch.arange(mask.shape[1], device=mask.device)[None, :, None].expand(len(mask), -1, 2)
        ends = gather_nodes(torch.cat([region, images.pairs], dim=1), best)  # (N, P, 2), of a region itself twice
        at_ends = torch.zeros_like(weight).scatter_add(2, ends, torch.full_like(ends, 0.5, dtype=weight.dtype))
        weight = torch.where((best >= mask.shape[1])[:, :, None], at_ends, weight)
        found = weight.new_zeros(len(weight), *captions.present.shape, mask.shape[1])
        found[:, captions.present] = weight
        return found


def union_boxes(boxes: Tensor, pairs: Tensor) -> Tensor:
    """Returns the smallest box around both ends of each pair: (N, E, 4) from boxes (N, R, 4) and pairs (N, E, 2)."""
    first, second = (gather_nodes(boxes, pairs[:, :, i]) for i in (0, 1))
    return torch.cat(
        [torch.minimum(first[..., :2], second[..., :2]), torch.maximum(first[..., 2:], second[..., 2:])], 2
    )
