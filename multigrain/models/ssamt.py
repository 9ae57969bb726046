"""SSAMT, a reconstruction after the abstract of arXiv 2109.05523; docs/models.md says what is stated and what is ours.

Text. Tokens, one node an object phrase, one a triple, one for the sentence; a node starts as the mean of its tokens,
a triple's as that of its predicate and of the heads of its subject and object.
Attention follows the structure: tokens ask each other; a phrase its words; a triple its subject and object; objects
that share a triple each other; the sentence asks all. Photo. Regions and one node for the photo; how a region lies to
another types the edge.

Global score s_g(n, m) = cos(photo node, sentence node). Local: phrase k asks the regions, s_k = cos(p_k, sum_r a_r
v_r); a triple is as true as its weakest part, so that its s_k is the least of that and of what its two heads find so.
s_l(n, m) is what the s_k of caption m say together (multigrain.evidence). At test: s_g + gamma s_l.

    L = triplet(s_g) + alpha triplet(s_l) + beta penalty(s_k; which phrases are false of the photo)

Legend: N photos, M captions, R regions, T tokens, K phrases a caption, P phrases of all captions, E triples
among them, D size of a vector.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from multigrain.attention import RelationalAttention
from multigrain.batch import NO_PHRASE, OBJECT, TRIPLE, Captions, Photos
from multigrain.encoders import EncoderConfig, RegionEncoder, Sizes, TextEncoder
from multigrain.evidence import CaptionScore, PhraseSum
from multigrain.late_interaction import attended_cosine, masked_softmax, similarities, unit_vectors
from multigrain.losses import Pairs, mismatched_phrases, multi_scale
from multigrain.models.retrieval_model import PhraseScores, RetrievalModel
from multigrain.phrases import phrase_words, span_means, word_means
from multigrain.pooling import make_pool, masked_mean
from multigrain.ranges import Amount, Cosine, Count, Number, Share
from schemas.feature_shard import SPATIAL_RELATIONS

# Edge types of the text; 0 is no edge.
TOKENS, OWN_TOKENS, SELF, SUBJECT, ENDS_OBJECT, SHARED_TRIPLE, SENTENCE = range(1, 8)
# Edge types of the photo: 1 .. 11 are spatial classes; a pair of regions that is in none still has an edge.
NO_CLASS, PHOTO = len(SPATIAL_RELATIONS), len(SPATIAL_RELATIONS) + 1


@dataclass(frozen=True, slots=True)
class SsamtConfig:
    name: Literal["ssamt"] = "ssamt"
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    layers: Number = 2  # of attention, on each side
    heads: Count = 4
    dropout: Share = 0.1
    pooling: Literal["node", "gpo", "mean"] = "gpo"  # global vector: the node alone, or the node plus pooled members
    temperature: Amount = 10.0  # lambda of the phrases' attention to regions
    margin: Amount = 0.2
    local: PhraseSum = "evidence"  # how the scores of a caption's phrases make its local score
    local_weight: Amount = 1.0  # alpha
    phrase_weight: Amount = 0.3  # beta; needs phrase labels, 0 trains without them
    phrase_boundary: Cosine = 0.3  # true phrases score above it, false ones below
    phrase_temperature: Amount = 10.0  # of the penalty's logistic function
    local_share: Amount = 1.0  # gamma, at test


@dataclass(frozen=True, slots=True, eq=False)
class SsamtImages:
    whole: Tensor  # (N, D) unit vectors
    regions: Tensor  # (N, R, D) unit vectors
    mask: Tensor  # (N, R)


@dataclass(frozen=True, slots=True, eq=False)
class SsamtCaptions:
    whole: Tensor  # (M, D) unit vectors
    phrases: Tensor  # (P, D) unit vectors; a caption without phrases has its sentence node here, behind all others
    said: Tensor  # (P, 2) weight and threshold of each phrase
    caption: Tensor  # (P,) whose phrase it is
    triples: Tensor  # (E,) which of the phrases are triples
    heads: Tensor  # (2 E, D) unit vectors of their subjects' heads, then of their objects'
    present: Tensor  # (M, K) where the phrases but those sentence nodes stand, in the order of `phrases`

    @property
    def asking(self) -> Tensor:
        """(P + 2 E, D) what asks the regions: the phrases, then the heads."""
        return torch.cat([self.phrases, self.heads])


class Ssamt(RetrievalModel[SsamtImages, SsamtCaptions], PhraseScores[SsamtImages, SsamtCaptions]):
    """Semantically self-aligned multimodal transformer."""

    def __init__(self, config: SsamtConfig, sizes: Sizes) -> None:
        super().__init__()
        self.config = config
        dim = config.encoder.dim
        self.regions, self.text = RegionEncoder(config.encoder, sizes), TextEncoder(config.encoder, sizes)
        self.kind = nn.Embedding(3, dim)  # object, triple, sentence
        self.photo = nn.Parameter(torch.zeros(dim))
        nn.init.normal_(self.kind.weight, std=0.02)

        def layers(edge_types: int) -> nn.ModuleList:
            layer = RelationalAttention
            return nn.ModuleList(
                layer(dim, heads=config.heads, edge_types=edge_types, dropout=config.dropout)
                for _ in range(config.layers)
            )

        self.text_layers, self.photo_layers = layers(SENTENCE), layers(PHOTO)
        if config.pooling != "node":
            self.pool_regions, self.pool_tokens = make_pool(config.pooling), make_pool(config.pooling)
        self.local = CaptionScore(config.local, dim, threshold=config.phrase_boundary)

    @property
    def wants_labels(self) -> bool:
        return self.config.phrase_weight > 0

    def encode_images(self, photos: Photos) -> SsamtImages:
        regions, mask = self.regions(photos)  # (N, R, D)
        node = masked_mean(regions, mask) + self.photo
        x = torch.cat([regions, node[:, None]], dim=1)  # (N, R + 1, D)
        types = photo_edges(photos.spatial, mask)
        for layer in self.photo_layers:
            x = layer(x, x, types)
        regions, node = x[:, :-1], x[:, -1]
        if self.config.pooling != "node":
            node = node + self.pool_regions(regions, mask)
        return SsamtImages(unit_vectors(node), unit_vectors(regions), mask)

    def encode_captions(self, captions: Captions) -> SsamtCaptions:
        tokens, mask = self.text(captions)  # (M, T, D)
        words = phrase_words(captions)
        nodes, spoken = word_means(tokens, mask, words)  # (M, K, D)
        present = spoken & (captions.phrase_kind != NO_PHRASE)
        nodes = nodes + self.kind(captions.phrase_kind.clamp_min(0))
        sentence = masked_mean(tokens, mask) + self.kind.weight[2]
        x = torch.cat([tokens, nodes, sentence[:, None]], dim=1)  # (M, T + K + 1, D)
        types = text_edges(captions, words, mask, present)
        for layer in self.text_layers:
            x = layer(x, x, types)
        t = tokens.shape[1]
        tokens, nodes, sentence = x[:, :t], x[:, t:-1], x[:, -1]
        bare = ~present.any(1)  # captions without phrases are one phrase themselves
        phrases = unit_vectors(torch.cat([nodes[present], sentence[bare]]))  # (P, D)
        caption = torch.cat([present.nonzero()[:, 0], bare.nonzero()[:, 0]])
        triple = (captions.phrase_kind == TRIPLE) & present
        heads = [self._heads(tokens, mask, captions, nodes, end)[triple] for end in (0, 1)]
        whole = sentence if self.config.pooling == "node" else sentence + self.pool_tokens(tokens, mask)
        return SsamtCaptions(
            whole=unit_vectors(whole),
            phrases=phrases,
            said=self.local(phrases),
            caption=caption,
            triples=triple[present].nonzero()[:, 0],
            heads=unit_vectors(torch.cat(heads)),
            present=present,
        )

    def _heads(self, tokens: Tensor, mask: Tensor, captions: Captions, nodes: Tensor, end: int) -> Tensor:
        """Returns a head of each triple (M, K, D): the mean of its tokens after the layers, plus the kind of objects.

        The node itself where the head's words are cut off or left out.
        """
        heads, spoken = span_means(tokens, mask, captions.phrase_heads[:, :, end])
        return torch.where(spoken[:, :, None], heads + self.kind.weight[OBJECT], nodes)

    def scores(self, images: SsamtImages, captions: SsamtCaptions) -> Tensor:
        whole, local, _ = self._compare(images, captions)
        return whole + self.config.local_share * local

    def _compare(self, images: SsamtImages, captions: SsamtCaptions) -> tuple[Tensor, Tensor, Tensor]:
        """Returns global scores (N, M), local scores (N, M) and scores of phrases (N, P)."""
        found = self._found(images, captions)
        e = len(captions.triples)
        phrase, subject, object_ = torch.split(found, [len(captions.phrases), e, e], dim=1)
        weakest = torch.minimum(torch.minimum(subject, object_), phrase[:, captions.triples])
        phrase = phrase.index_copy(1, captions.triples, weakest)
        local = self.local.combine(phrase, captions.said, captions.caption, len(captions.whole))
        return images.whole @ captions.whole.t(), local, phrase

    def _found(self, images: SsamtImages, captions: SsamtCaptions) -> Tensor:
        """Returns the scores of phrases and heads by themselves (N, P + 2 E)."""
        return attended_cosine(images.regions, images.mask, captions.asking, temperature=self.config.temperature)

    def losses(self, images: SsamtImages, captions: SsamtCaptions, pairs: Pairs) -> dict[str, Tensor]:
        config = self.config
        whole, local, phrase = self._compare(images, captions)
        losses = multi_scale(
            whole,
            local,
            pairs,
            local_weight=config.local_weight,
            margin=config.margin,
        )
        if config.phrase_weight and pairs.label is not None and pairs.confidence is not None:
            real = int(captions.present.sum())
            losses["phrase"] = config.phrase_weight * mismatched_phrases(
                phrase[:, :real],
                pairs.label[:, captions.present],
                pairs.confidence[:, captions.present],
                boundary=config.phrase_boundary,
                temperature=config.phrase_temperature,
            )
        return losses

    def phrase_scores(self, images: SsamtImages, captions: SsamtCaptions) -> Tensor:
        phrase = self._compare(images, captions)[2]
        scores = phrase.new_full((len(phrase), *captions.present.shape), -1.0)
        scores[:, captions.present] = phrase[:, : int(captions.present.sum())]
        return scores

    def phrase_regions(self, images: SsamtImages, captions: SsamtCaptions) -> Tensor:
        """Of a triple: what its weakest part attends to, the one that its score is of."""
        logits = similarities(images.regions, captions.asking) * self.config.temperature  # (N, R, P + 2 E)
        weight = masked_softmax(logits, images.mask[:, :, None], dim=1)
        scores = self._found(images, captions)
        p, e = len(captions.phrases), torch.arange(len(captions.triples), device=scores.device)
        parts = torch.stack([captions.triples, p + e, p + len(e) + e])  # (3, E) columns of a triple's parts
        weakest = parts[scores[:, parts].argmin(1), e]  # (N, E)
        column = torch.arange(p, device=e.device).expand(len(scores), -1).index_copy(1, captions.triples, weakest)
        column = column[:, None, : int(captions.present.sum())]
        weight = weight.gather(2, column.expand(-1, weight.shape[1], -1))  # (N, R, phrases but bare sentences)
        found = weight.new_zeros(len(weight), *captions.present.shape, weight.shape[1])
        found[:, captions.present] = weight.transpose(1, 2)
        return found


def photo_edges(spatial: Tensor, mask: Tensor) -> Tensor:
    """Returns edge types (N, R + 1, R + 1) from spatial classes (N, R, R); the photo node comes last."""
    n, r = mask.shape
    types = torch.full((n, r + 1, r + 1), PHOTO, device=mask.device)
    classes = spatial.long()
    types[:, :r, :r] = torch.where(classes == 0, NO_CLASS, classes)
    there = torch.cat([mask, mask.new_ones(n, 1)], dim=1)
    return types * there[:, None, :]  # nobody asks a region that is not there


def text_edges(captions: Captions, words: Tensor, mask: Tensor, present: Tensor) -> Tensor:
    """Returns edge types (M, S, S), S = T + K + 1: tokens of mask (M, T), phrases of present (M, K), the sentence.

    words (M, K, T) are the tokens that a phrase asks.
    """
    m, t = mask.shape
    k = present.shape[1]
    types = torch.zeros(m, t + k + 1, t + k + 1, dtype=torch.long, device=mask.device)
    types[:, :t, :t] = TOKENS
    own = words * OWN_TOKENS
    types[:, t:-1, :t], types[:, :t, t:-1] = own, own.transpose(1, 2)
    place = torch.arange(k, device=mask.device)
    triple = (captions.phrase_kind == TRIPLE) & present
    subject, object_ = (triple[:, :, None] & (captions.phrase_ends[:, :, i, None] == place) for i in (0, 1))
    ends = (subject | object_).to(torch.float32)  # (M, K, K)
    shared = ends.transpose(1, 2) @ ends > 0  # both are ends of a triple
    nodes = shared * SHARED_TRIPLE
    for relation, kind in ((subject, SUBJECT), (object_, ENDS_OBJECT)):
        nodes = torch.where(relation | relation.transpose(1, 2), kind, nodes)
    types[:, t:-1, t:-1] = torch.where(torch.eye(k, dtype=torch.bool, device=mask.device), SELF, nodes)
    types[:, -1, :], types[:, :, -1] = SENTENCE, SENTENCE
    there = torch.cat([mask, present, mask.new_ones(m, 1)], dim=1)
    return types * there[:, None, :]
