"""What the four models share before they differ: regions and tokens become vectors of one size.

Legend: B photos or captions, R regions, F size of a stored feature, T tokens, D size of a vector.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from multigrain.batch import Captions, Photos
from multigrain.ranges import Count, Share
from multigrain.tokens import default_bert

TextKind = Literal["bigru", "bert"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a data set and its tokenizer decide about a model."""

    features: int  # F
    predicates: int  # names that relations between regions may have
    tokens: int  # of the vocabulary
    mask_token: int


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Choices of the encoders; every model has these."""

    dim: Count = 1024  # D
    region_mlp: bool = True  # add a two-layer perceptron to the linear map of a feature, as VSE-infinity's code does
    region_boxes: bool = True  # add an embedding of the box
    region_dropout: Share = 0.2  # probability that a region is left out in training
    text: TextKind = "bigru"
    word_size: Count = 300  # of the BiGRU's word vectors
    bert: str = ""  # folder, or name at a hub, of the BERT; empty: the all-MiniLM-L6-v2 of the package registry
    freeze_bert: bool = False  # leave the BERT as it comes; only the linear map behind it is trained
    token_dropout: Share = 0.2  # probability that a token is masked (half), exchanged (0.1) or left out (0.4)


class RegionEncoder(nn.Module):
    """Features and boxes of regions become vectors: layer norm(linear(feature) + perceptron(feature) + linear(box)).

    The box is (x1, y1, x2, y2, width, height, area) as fractions of the photo (UNITER, Chen et al. 2020). Without
    boxes there is no layer norm either: that is VSE-infinity's encoder.
    """

    def __init__(self, config: EncoderConfig, sizes: Sizes) -> None:
        super().__init__()
        dim, hidden = config.dim, config.dim // 2
        self.drop = config.region_dropout
        self.linear = nn.Linear(sizes.features, dim)
        self.mlp = (
            nn.Sequential(nn.Linear(sizes.features, hidden), nn.LayerNorm(hidden), nn.ReLU(), nn.Linear(hidden, dim))
            if config.region_mlp
            else None
        )
        self.box = nn.Linear(7, dim) if config.region_boxes else None
        self.norm = nn.LayerNorm(dim) if config.region_boxes else nn.Identity()
        nn.init.xavier_uniform_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, photos: Photos) -> tuple[Tensor, Tensor]:
        """Returns regions (B, R, D) and which of them are there (B, R); some are left out in training."""
        features = photos.features
        x = self.linear(features)
        if self.mlp is not None:
            x = x + self.mlp(features)
        if self.box is not None:
            x = x + self.box(box_geometry(photos.boxes, photos.image_size).to(features.dtype))
        mask = photos.region_mask
        return self.norm(x), drop_members(mask, self.drop) if self.training else mask


def box_geometry(boxes: Tensor, image_size: Tensor) -> Tensor:
    """Returns (B, ..., 7): x1, y1, x2, y2, width, height, area as fractions of the photo; boxes (B, ..., 4)."""
    height, width = image_size.to(boxes.dtype).clamp_min(1).unbind(1)
    scale = torch.stack([width, height, width, height], dim=1).view(len(boxes), *[1] * (boxes.ndim - 2), 4)
    corners = boxes / scale
    sides = corners[..., 2:] - corners[..., :2]
    return torch.cat([corners, sides, sides[..., :1] * sides[..., 1:]], dim=-1)


def drop_members(mask: Tensor, probability: float) -> Tensor:
    """Returns mask (B, S) with members left out at random, but never the first: no set becomes empty."""
    kept = mask & (torch.rand(mask.shape, device=mask.device) >= probability)
    kept[:, 0] = mask[:, 0]
    return kept


class TextEncoder(nn.Module):
    """Tokens become vectors by a bidirectional GRU over word vectors, or by a BERT and a linear map."""

    def __init__(self, config: EncoderConfig, sizes: Sizes) -> None:
        super().__init__()
        self.config, self.sizes = config, sizes
        self.frozen = config.text == "bert" and config.freeze_bert
        if config.text == "bigru":
            self.words = nn.Embedding(sizes.tokens, config.word_size)
            nn.init.uniform_(self.words.weight, -0.1, 0.1)
            self.gru = nn.GRU(config.word_size, config.dim, batch_first=True, bidirectional=True)
        else:
            self.bert = load_bert(config.bert)
            self.linear = nn.Linear(self.bert.config.hidden_size, config.dim)
            self.bert.requires_grad_(not self.frozen)

    def forward(self, captions: Captions) -> tuple[Tensor, Tensor]:
        """Returns tokens (B, T, D) and which of them are there (B, T); some are altered or left out in training."""
        tokens, mask = captions.tokens, captions.token_mask
        if self.training:
            tokens, mask = disturb_tokens(
                tokens, mask, self.config.token_dropout, vocabulary=self.sizes.tokens, mask_token=self.sizes.mask_token
            )
        # What is left moves together, is encoded, and moves back, so that spans of tokens stay what they are.
        order = torch.argsort((~mask).to(torch.uint8), dim=1, stable=True)  # (B, T)
        packed_mask = mask.gather(1, order)
        encoded = self._encode(tokens.gather(1, order), packed_mask)
        back = torch.argsort(order, dim=1)
        return encoded.gather(1, back[:, :, None].expand(-1, -1, encoded.shape[2])), mask

    def _encode(self, tokens: Tensor, mask: Tensor) -> Tensor:
        if self.config.text == "bert":
            with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
                states = self.bert(input_ids=tokens, attention_mask=mask.long()).last_hidden_state
            mapped: Tensor = self.linear(states)
            return mapped
        packed = nn.utils.rnn.pack_padded_sequence(
            self.words(tokens), mask.sum(1).cpu(), batch_first=True, enforce_sorted=False
        )
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.gru(packed)[0], batch_first=True, total_length=tokens.shape[1]
        )
        forward, backward = states.chunk(2, dim=2)
        return (forward + backward) / 2

    def train(self, mode: bool = True) -> TextEncoder:
        """Sets training mode; a frozen BERT stays as it is (no dropout)."""
        super().train(mode)
        if self.frozen:
            self.bert.eval()
        return self


def disturb_tokens(
    tokens: Tensor, mask: Tensor, probability: float, *, vocabulary: int, mask_token: int
) -> tuple[Tensor, Tensor]:
    """Returns tokens (B, T) and their mask (B, T), each inner token disturbed with a probability.

    As in VSE-infinity's code: of the disturbed half become the mask token, a tenth another token, the rest is left
    out. The first token of a caption and its last (start and end) stay.
    """
    place = torch.arange(tokens.shape[1], device=tokens.device)
    inner = mask & (place > 0) & (place < mask.sum(1, keepdim=True) - 1)
    inner &= torch.rand(tokens.shape, device=tokens.device) < probability
    draw = torch.rand(tokens.shape, device=tokens.device)
    others = torch.randint(vocabulary, tokens.shape, device=tokens.device)
    tokens = torch.where(inner & (draw < 0.5), mask_token, tokens)
    tokens = torch.where(inner & (draw >= 0.5) & (draw < 0.6), others, tokens)
    return tokens, mask & ~(inner & (draw >= 0.6))


def bert_folder(name: str) -> Path:
    """Returns the local folder of a BERT: of a folder itself, of a name at the hub, or of the default for "".

    Raises ModuleNotFoundError where the default's package is missing, OSError where the name leads nowhere.
    """
    if not name:
        return default_bert()
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(name, allow_patterns=["*.json", "*.txt", "*.safetensors"]))


def load_bert(name: str) -> Any:
    """Returns the BERT of `bert_folder`, without a pooling head; weights must be safetensors."""
    from transformers import AutoModel  # seconds to import, and only needed here

    bert = AutoModel.from_pretrained(bert_folder(name), use_safetensors=True)
    if getattr(bert, "pooler", None) is not None:
        bert.pooler = None  # of no use here, and a weight without a gradient stops DDP
    return bert
