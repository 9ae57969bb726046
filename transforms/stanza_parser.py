"""stanza as the sentence parser: sentences -> token tables. The only file that imports stanza."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transforms.tokens import MissingModelError, TokenTable, token_words
from transforms.universal_dependencies import clear_labels

PROCESSORS = "tokenize,pos,lemma,depparse"
PENN = frozenset(("NN", "VBG", "IN"))  # tags by which a Penn tag set is known
# Tokens as the English treebanks have them: "is" "n't", "man" "'s", "light" "-" "colored".
TOKEN = re.compile(r"\w+?(?=n't\b)|n't\b|'(?:s|re|ve|d|ll|m)\b|\w+|[^\w\s]")


class StanzaParser:
    """Tagger and dependency parser of a folder of stanza models, on the GPU where there is one.

    Args:
        folder: where `stanza.download` put its models: `resources.json` and `en/`.

    Raises:
        MissingModelError: the folder holds no English tagger and parser; the message says how to download them.
        ValueError: the tagger does not know Penn tags.
    """

    def __init__(self, folder: Path) -> None:
        import stanza

        try:
            self._nlp: Any = stanza.Pipeline(
                "en",
                dir=str(folder),
                processors=PROCESSORS,
                tokenize_pretokenized=True,
                lemma_use_identity=True,  # the parser asks for lemmas and does not read them
                download_method=None,
                verbose=False,
            )
        except (OSError, KeyError, ValueError) as error:  # stanza's own errors are of these kinds
            raise MissingModelError(
                f"no English tagger and parser in {str(folder)!r} ({error}); download them with "
                f"stanza.download('en', model_dir={str(folder)!r}, processors={PROCESSORS!r})"
            ) from error
        if not PENN.issubset(self._nlp.processors["pos"].get_known_xpos()):
            raise ValueError(f"the tagger in {str(folder)!r} does not know Penn Treebank tags")
        self.fingerprint = f"stanza {stanza.__version__} {models_digest(self._nlp.config)}"

    def tables(self, sentences: Sequence[str]) -> list[TokenTable]:
        """Returns the token table of each sentence, in order; a sentence has one token at least."""
        spans = [[match.span() for match in TOKEN.finditer(sentence)] for sentence in sentences]
        tokens = [[sentence[a:b] for a, b in own] for sentence, own in zip(sentences, spans, strict=True)]
        parsed = self._nlp(tokens).sentences
        return [token_table(text, own, tree.words) for text, own, tree in zip(sentences, spans, parsed, strict=True)]


def token_table(sentence: str, spans: list[tuple[int, int]], parsed: Sequence[Any]) -> TokenTable:
    """Returns the token table of one sentence from stanza's words."""
    words = token_words(sentence, spans)
    tags = [word.xpos for word in parsed]
    heads = [word.head - 1 if word.head else i for i, word in enumerate(parsed)]
    labels = clear_labels(words, tags, heads, [word.deprel for word in parsed])
    return TokenTable(words, tags, labels, heads, tuple(spans))


def models_digest(config: dict[str, Any]) -> str:
    """Returns the sha256 of the names and bytes of the model files that a stanza pipeline loaded."""
    digest = hashlib.sha256()
    for key in sorted(k for k in config if k.endswith("_path")):
        path = Path(str(config[key]))
        if path.is_file():
            digest.update(f"{key} {path.name}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
