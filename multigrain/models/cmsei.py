"""CMSEI, a reconstruction after the abstract of arXiv 2210.08908; docs/models.md says what is stated and what is ours.

Inside the photo, regions reason over two graphs: spatial edges, typed by how one lies to the other, and semantic
edges where a predicate is predicted with a score of at least tau, typed by it. A gate fuses both. Between the two
sides:

    interactive attention   v'_r = v_r + sum_t a_rt W u_t,   a = softmax_t(lambda v_r . u_t);    words u'_t alike
    cross-level attention   the sentence asks the refined objects, the photo the refined words:
                            z = sum_r b_r v'_r,   b = softmax_r(lambda cos(q, v'_r)),   score = cos(q, z),   q = mean
                            of the words

    score = cos(pooled photo, pooled sentence) + object-sentence + word-image,     L = triplet(score)

A pair's refined vectors are never made: see `refined_score`.

Legend: N photos, M captions, R regions, T tokens, D size of a vector.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from multigrain.attention import RelationalAttention
from multigrain.batch import Captions, Photos
from multigrain.encoders import EncoderConfig, RegionEncoder, Sizes, TextEncoder
from multigrain.late_interaction import masked_softmax, unit_vectors
from multigrain.losses import Pairs, triplet
from multigrain.models.retrieval_model import RetrievalModel
from multigrain.pooling import Pooling, make_pool, masked_mean
from multigrain.ranges import Amount, Count, Number, Share
from schemas.feature_shard import SPATIAL_RELATIONS

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class CmseiConfig:
    name: Literal["cmsei"] = "cmsei"
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    layers: Number = 1  # of reasoning over each graph
    heads: Count = 4
    dropout: Share = 0.1
    tau: Share = 0.3  # a predicate with at least this score makes a semantic edge
    pooling: Pooling = "gpo"  # of the global vectors; "mean" is what the paper's extension states
    temperature: Amount = 10.0  # lambda
    refinement: Amount = 0.2  # W starts as this times the identity
    cross_weight: Amount = 0.5  # of each of the two cross-level scores, the global one counting 1
    margin: Amount = 0.2
    block: Count = 32  # pairs are compared for so many captions (photos) at once


@dataclass(frozen=True, slots=True, eq=False)
class CmseiSide:
    """Photos or captions encoded; S members each."""

    whole: Tensor  # (N, D) unit vectors
    mean: Tensor  # (N, D) unit vectors: what asks the other side
    members: Tensor  # (N, S, D) unit vectors
    refining: Tensor  # (N, S, D) what is added to the members of the other side: W times the members
    mask: Tensor  # (N, S)


class Cmsei(RetrievalModel[CmseiSide, CmseiSide]):
    """Cross-modal semantic enhanced interaction."""

    def __init__(self, config: CmseiConfig, sizes: Sizes) -> None:
        super().__init__()
        self.config, self.predicates = config, sizes.predicates
        dim = config.encoder.dim
        self.regions, self.text = RegionEncoder(config.encoder, sizes), TextEncoder(config.encoder, sizes)

        def layers(edge_types: int) -> nn.ModuleList:
            layer = RelationalAttention
            return nn.ModuleList(
                layer(dim, heads=config.heads, edge_types=edge_types, dropout=config.dropout)
                for _ in range(config.layers)
            )

        self.spatial, self.semantic = layers(len(SPATIAL_RELATIONS)), layers(2 * sizes.predicates + 1)
        self.gate = nn.Linear(2 * dim, dim)
        self.pool_regions, self.pool_tokens = make_pool(config.pooling), make_pool(config.pooling)
        self.refine_words, self.refine_regions = (nn.Linear(dim, dim, bias=False) for _ in range(2))
        for refine in (self.refine_words, self.refine_regions):
            with torch.no_grad():
                refine.weight.copy_(torch.eye(dim) * config.refinement)

    def encode_images(self, photos: Photos) -> CmseiSide:
        regions, mask = self.regions(photos)  # (N, R, D)
        by_place, by_meaning = regions, regions
        place = spatial_edges(photos.spatial, mask)
        meaning = semantic_edges(photos, mask, self.predicates, self.config.tau)
        for over_place, over_meaning in zip(self.spatial, self.semantic, strict=True):
            by_place = over_place(by_place, by_place, place)
            by_meaning = over_meaning(by_meaning, by_meaning, meaning)
        gate = torch.sigmoid(self.gate(torch.cat([by_place, by_meaning], dim=2)))
        regions = gate * by_place + (1 - gate) * by_meaning
        return self._side(regions, mask, self.pool_regions(regions, mask), self.refine_words)

    def encode_captions(self, captions: Captions) -> CmseiSide:
        tokens, mask = self.text(captions)  # (M, T, D)
        return self._side(tokens, mask, self.pool_tokens(tokens, mask), self.refine_regions)

    def _side(self, members: Tensor, mask: Tensor, whole: Tensor, refine: nn.Module) -> CmseiSide:
        mean = unit_vectors(masked_mean(members, mask))
        members = unit_vectors(members)
        return CmseiSide(unit_vectors(whole), mean, members, refine(members).float(), mask)

    def scores(self, images: CmseiSide, captions: CmseiSide) -> Tensor:
        object_sentence = self._cross(images, captions)
        word_image = self._cross(captions, images).t()
        return images.whole @ captions.whole.t() + self.config.cross_weight * (object_sentence + word_image)

    def _cross(self, asked: CmseiSide, asking: CmseiSide) -> Tensor:
        """Returns the cross-level scores (asked, asking), a block of the asking side at a time.

        In training a block's pair tensors are made again on the way back, so memory is that of one block.
        """
        step, found = self.config.block, []
        gram = asked.members @ asked.members.transpose(1, 2)  # (asked, S, S)
        for start in range(0, len(asking.mean), step):
            block = slice(start, start + step)
            inputs = (
                *(asked.members, asked.mask, gram),
                *(asking.members[block], asking.mask[block], asking.refining[block], asking.mean[block]),
                self.config.temperature,
            )
            if torch.is_grad_enabled() and len(asking.mean) > step:
                found.append(checkpoint(refined_score, *inputs, use_reentrant=False))
            else:
                found.append(refined_score(*inputs))
        return torch.cat(found, dim=1)

    def losses(self, images: CmseiSide, captions: CmseiSide, pairs: Pairs) -> dict[str, Tensor]:
        scores = self.scores(images, captions)
        return {"triplet": triplet(scores, pairs, margin=self.config.margin)}


def refined_score(
    members: Tensor,
    mask: Tensor,
    members_gram: Tensor,
    others: Tensor,
    others_mask: Tensor,
    refining: Tensor,
    query: Tensor,
    temperature: Amount,
) -> Tensor:
    """Returns the cross-level score of A sets with B sets, (A, B): members refined by the others, then asked by a
    query.

    members v (A, R, D), others u (B, T, D) and query q (B, D) are unit vectors, members_gram their products (A, R, R),
    refining w = W u (B, T, D). With v' = v + sum_t a_t w_t all that is needed are products with what was encoded once:

        q . v'  = q . v + sum_t a_t (q . w_t)
        v' . v' = 1 + 2 sum_t a_t (v . w_t) + a^T H a,                           H = w w^T   (B, T, T)
        z . z   = c^T G c + 2 sum_rt c_r (v_r . w_t) e_t + e^T H e,              G = v v^T   (A, R, R)

    where c_r = b_r / |v'_r| and e_t = sum_r c_r a_rt. The largest tensors are (B, A, R, T).
    """
    (a_sets, r, d), (b_sets, t) = members.shape, others_mask.shape
    shape = (b_sets, a_sets, r, t)
    keys = torch.cat([others * temperature, refining, query[:, None]], dim=1)  # (B, 2 T + 1, D): one product for all
    both = (members.reshape(a_sets * r, d) @ keys.transpose(1, 2)).view(b_sets, a_sets, r, 2 * t + 1)
    logits, crossed, plain = both[..., :t], both[..., t:-1], both[..., -1]  # lambda v . u, v . w, v . q
    attention = torch.softmax(logits + (~others_mask * -1e4)[:, None, None, :], dim=3)  # a
    gram = refining @ refining.transpose(1, 2)  # H (B, T, T)
    query_refining = refining @ query[:, :, None]  # (B, T, 1)
    spread = attention.view(b_sets, a_sets * r, t) @ torch.cat([gram, query_refining], dim=2)  # H a, and a . (q . w)
    along = plain + spread[..., -1].view(shape[:3])  # q . v'
    squared = 1 + (attention * (2 * crossed + spread[..., :-1].view(shape))).sum(3)  # v' . v'
    length = squared.clamp_min(_TINY).rsqrt()
    weight = masked_softmax(along * length * temperature, mask[None], dim=2) * length  # c (B, A, R)
    by_member = weight[:, :, None]  # (B, A, 1, R)
    spent = (by_member @ attention)[:, :, 0]  # e (B, A, T)
    own = (torch.einsum("bar,ars->bas", weight, members_gram) * weight).sum(2)
    mixed = ((by_member @ crossed)[:, :, 0] * spent).sum(2)
    others_own = ((spent @ gram) * spent).sum(2)
    norm = (own + 2 * mixed + others_own).clamp_min(_TINY).rsqrt()
    return ((weight * along).sum(2) * norm).t()


def spatial_edges(spatial: Tensor, mask: Tensor) -> Tensor:
    """Returns edge types (N, R, R): 1 .. 11 the spatial class, then "itself"; from classes (N, R, R)."""
    types = spatial.long() * mask[:, None, :]
    return types.diagonal_scatter(mask.long() * len(SPATIAL_RELATIONS), dim1=1, dim2=2)


def semantic_edges(photos: Photos, mask: Tensor, predicates: int, tau: float) -> Tensor:
    """Returns edge types (N, R, R): 1 + predicate from subject to object, 1 + predicates + predicate back, then itself.

    Where both directions of a pair have a predicate of their own, those are the types.
    """
    n, r = mask.shape
    types = torch.zeros(n, r, r, dtype=torch.long, device=mask.device)
    row, place = ((photos.relation_score >= max(tau, _TINY)) & (photos.relation_predicate >= 0)).nonzero(as_tuple=True)
    subject, object_ = photos.relation_pairs[row, place].unbind(1)
    predicate = photos.relation_predicate[row, place]
    types[row, object_, subject] = 1 + predicates + predicate
    types[row, subject, object_] = 1 + predicate
    types = types * mask[:, None, :] * mask[:, :, None]
    return types.diagonal_scatter(mask.long() * (2 * predicates + 1), dim1=1, dim2=2)
