"""The stanza backend, with a tagger and a parser trained here on sentences of our own."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from tests.parsed_captions import thing
from transforms.scene_graphs import CaptionParser, load_parser
from transforms.stanza_parser import TOKEN
from transforms.tokens import MissingModelError

PEOPLE = ("man", "woman", "boy", "girl", "dog", "cat")
THINGS = ("ball", "hat", "kite", "umbrella")
PLACES = ("beach", "street", "park", "bench")
COLOURS = ("red", "brown", "small", "young")
Row = tuple[str, str, str, int, str]  # word, universal tag, Penn tag, head (from 1, 0 for the root), relation


def noun_phrase(rng: random.Random, nouns: tuple[str, ...], before: int, head: int, relation: str) -> list[Row]:
    """Returns "a (red) dog" after `before` tokens; the noun has the head and relation."""
    adjective = rng.random() < 0.5
    noun = before + 2 + adjective
    rows: list[Row] = [("a", "DET", "DT", noun, "det")]
    if adjective:
        rows.append((rng.choice(COLOURS), "ADJ", "JJ", noun, "amod"))
    return [*rows, (rng.choice(nouns), "NOUN", "NN", head, relation)]


def sentence(rng: random.Random) -> list[Row]:
    """Returns one of "a man holding a ball .", "a dog sitting on a bench .", "a cat is in a park ."."""
    kind = rng.randrange(3)
    rows = noun_phrase(rng, PEOPLE, 0, 0, "root")
    who = len(rows)
    if kind == 0:
        rows.append((rng.choice(("holding", "wearing", "chasing")), "VERB", "VBG", who, "acl"))
        rows += noun_phrase(rng, THINGS, len(rows), who + 1, "obj")
    elif kind == 1:
        rows.append((rng.choice(("sitting", "standing", "running")), "VERB", "VBG", who, "acl"))
        place = noun_phrase(rng, PLACES, who + 2, who + 1, "obl")
        rows.append((rng.choice(("on", "near", "in")), "ADP", "IN", who + 2 + len(place), "case"))
        rows += place
    else:
        place = noun_phrase(rng, PLACES, who + 2, 0, "root")
        where = who + 2 + len(place)
        rows[-1] = (*rows[-1][:3], where, "nsubj")
        rows += [("is", "AUX", "VBZ", where, "cop"), (rng.choice(("on", "in")), "ADP", "IN", where, "case"), *place]
    root = next(i for i, row in enumerate(rows, 1) if row[3] == 0)
    return [*rows, (".", "PUNCT", ".", root, "punct")]


def write_treebank(path: Path, sentences: int, seed: int) -> None:
    rng = random.Random(seed)
    lines = []
    for _ in range(sentences):
        for i, (word, upos, xpos, head, relation) in enumerate(sentence(rng), 1):
            lines.append(f"{i}\t{word}\t{word}\t{upos}\t{xpos}\t_\t{head}\t{relation}\t_\t_")
        lines.append("")
    path.write_text("\n".join(lines) + "\n", encoding="utf8")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of stanza models as `stanza.download` lays it out, with a tiny tagger and parser."""
    import torch
    from stanza.models import parser, tagger

    folder = tmp_path_factory.mktemp("stanza")
    write_treebank(folder / "train.conllu", 200, 1)
    write_treebank(folder / "dev.conllu", 30, 2)
    small = "--hidden_dim 32 --deep_biaff_hidden_dim 32 --word_emb_dim 32 --word_cutoff 0 --transformed_dim 16"
    short = "--num_layers 1 --max_steps 60 --eval_interval 30 --dropout 0.1 --word_dropout 0.05 --lr 0.02 --seed 7"
    common = f"--lang en --shorthand en_tiny --mode train --no_pretrain --no_char --cpu {small} {short}".split()
    files = ["--train_file", str(folder / "train.conllu"), "--eval_file", str(folder / "dev.conllu")]
    files += ["--output_file", str(folder / "out.conllu"), "--save_name", "tiny.pt"]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # such small matrices are slower on several
    tagger.main([*common, *files, "--save_dir", str(folder / "en" / "pos"), "--batch_size", "500"])
    options = ["--batch_size", "800", "--no_checkpoint", "--no_second_optim", "--optim", "adam"]
    parser.main([*common, *files, "--save_dir", str(folder / "en" / "depparse"), *options])
    torch.set_num_threads(threads)
    tiny = {"tiny": {"md5": ""}}
    packages = {"default": {"pos": "tiny", "depparse": "tiny"}}
    resources = {"en": {"lang_name": "English", "packages": packages, "pos": tiny, "depparse": tiny}}
    (folder / "resources.json").write_text(json.dumps(resources), encoding="utf8")
    return folder


@pytest.fixture(scope="module")
def parser(models: Path) -> CaptionParser:
    return load_parser(f"stanza:{models}")


def test_parse_reads_stanzas_trees(parser: CaptionParser) -> None:
    captions = ["a small man holding a red ball", "A dog sitting on a brown bench.", "a cat is in a park"]
    graphs = list(parser.parse(captions))
    assert [[thing(g, i) for i in range(len(g.objects))] for g in graphs] == [
        ["man (small)", "ball (red)"],
        ["dog", "bench (brown)"],
        ["cat", "park"],
    ]
    assert [[r.predicate for r in g.relations] for g in graphs] == [["hold"], ["sit on"], ["in"]]


def test_parse_counts_spans_in_the_caption(parser: CaptionParser) -> None:
    caption = "A dog  sitting on a bench."
    [graph] = parser.parse([caption])
    [relation] = graph.relations
    start, end = graph.characters(relation.span)
    assert caption[start:end] == "sitting on"


def test_parse_survives_odd_text(parser: CaptionParser) -> None:
    assert [g.note for g in parser.parse(["", "\u0300\u0301 a", "a\u2028b", "'s n't"])] == ["empty", "", "", ""]


def test_fingerprint_changes_with_the_model(models: Path, parser: CaptionParser, tmp_path: Path) -> None:
    copy = tmp_path / "models"
    shutil.copytree(models, copy)
    assert load_parser(f"stanza:{copy}").fingerprint == parser.fingerprint
    (copy / "en" / "pos" / "tiny.pt").write_bytes((models / "en" / "pos" / "tiny.pt").read_bytes() + b"\0")
    assert load_parser(f"stanza:{copy}").fingerprint != parser.fingerprint


def test_load_parser_says_how_to_download_models(tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match=r"download them with stanza\.download\('en', model_dir="):
        load_parser(f"stanza:{tmp_path}")


def test_token_splits_like_the_treebanks() -> None:
    assert TOKEN.findall("The man's dog isn't light-colored, it's 2 years old.") == (
        ["The", "man", "'s", "dog", "is", "n't", "light", "-", "colored", ",", "it", "'s", "2", "years", "old", "."]
    )
