"""How good are text scene graphs? Scores on files of gold graphs, printed by `benchmarks.text_scene_graphs quality`.

The evaluator of FACTUAL files is FACTUAL's own (pip install --no-deps factualscenegraph; pip install tabulate nltk):
set match and SPICE F1 against plain gold, both sides lemmatised.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from transforms.grammar_words import NUMBERS
from transforms.lemmas import PLURAL_ONLY
from transforms.scene_graphs import CaptionParser, load_parser, parse_lines


@lru_cache(1)
def factual_evaluators() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Returns FACTUAL's set match and SPICE functions, without its package's import of a T5."""
    found = importlib.util.find_spec("factual_scene_graph")
    if found is None or not found.submodule_search_locations:
        sys.exit("FACTUAL's evaluator is missing: pip install --no-deps factualscenegraph; pip install tabulate nltk")
    root = Path(next(iter(found.submodule_search_locations)))
    for name, folder in (("factual_scene_graph", root), ("factual_scene_graph.evaluation", root / "evaluation")):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    set_match = importlib.import_module("factual_scene_graph.evaluation.set_match_evaluation")
    spice = importlib.import_module("factual_scene_graph.evaluation.spice_evaluation")
    return set_match.eval_set_match, spice.eval_spice


def singular(text: str) -> str:
    """Returns the words of a phrase as noun lemmas: what both sides of a comparison are brought to."""
    import lemminflect

    def lemma(word: str) -> str:
        return word if word in PLURAL_ONLY else (lemminflect.getLemma(word, "NOUN") or (word,))[0]

    return " ".join(lemma(w) for w in text.lower().replace("(", " ").replace(")", " ").replace(",", " ").split())


def factual_facts(line: dict[str, Any]) -> str:
    """Returns a graph as FACTUAL writes it: "( man , ride , horse ) , ( horse , is , brown )"."""
    heads = {o["id"]: singular(o["head"]) for o in line["objects"]}
    facts = []
    for o in line["objects"]:
        values = [*o["attributes"], *([o["quantity"]] if o["quantity"] not in (None, "1") else [])]
        facts += [f"( {heads[o['id']]} , is , {singular(v)} )" for v in values]
    for r in line["relations"]:
        if not r["negated"]:
            facts.append(f"( {heads[r['subject']]} , {singular(r['predicate'])} , {heads[r['object']]} )")
    return " , ".join(dict.fromkeys(facts)) or " , ".join(f"( {h} )" for h in heads.values()) or "( )"


def score_factual(path: Path, parser: CaptionParser) -> str:
    """Returns set match and SPICE F1, percent, on a FACTUAL file."""
    set_match, spice = factual_evaluators()
    rows = list(csv.DictReader(path.open(encoding="utf8")))
    matches = f1 = 0.0
    for row, line in zip(rows, parse_lines((r["caption"] for r in rows), parser), strict=True):
        ours = factual_facts(line)
        gold = " ".join(w if w in ("is", "(", ")", ",") else singular(w) for w in row["scene_graph"].split())
        matches += set_match(ours, [gold])
        f1 += spice(ours, [gold], False, True)
    return f"set match {100 * matches / len(rows):.2f}, SPICE F1 {100 * f1 / len(rows):.2f} on {len(rows)} captions"


Items = dict[str, Counter[tuple[str, ...]]]


def case_items(objects: list[dict[str, Any]], triples: Iterable[tuple[str, str, str]]) -> Items:
    """Returns what a graph says, countable by kind: two objects of one name are two."""
    items: Items = {kind: Counter() for kind in ("object", "attribute", "quantity", "triple")}
    for o in objects:
        head = singular(o["head"].partition("#")[0])
        items["object"][head,] += 1
        items["attribute"].update((head, a.lower()) for a in o["attributes"])
        quantity = o.get("quantity", o.get("quantifier"))
        if quantity not in (None, "", "1", "one"):
            items["quantity"][head, NUMBERS.get(quantity, quantity)] += 1
    items["triple"].update(
        (singular(s.partition("#")[0]), p.lower(), singular(o.partition("#")[0])) for s, p, o in triples
    )
    return items


def score_cases(path: Path, parser: CaptionParser) -> str:
    """Returns F1 by kind and the share of exact graphs, percent, on a file of hand-judged captions."""
    cases = [json.loads(line) for line in path.open(encoding="utf8")]
    hits, sizes, exact = Counter[str](), Counter[str](), 0
    for case, line in zip(cases, parse_lines((c["caption"] for c in cases), parser), strict=True):
        heads = [o["head"] for o in line["objects"]]
        said = [
            (heads[r["subject"]], r["predicate"], heads[r["object"]]) for r in line["relations"] if not r["negated"]
        ]
        ours, gold = case_items(line["objects"], said), case_items(case["entities"], map(tuple, case["triples"]))
        exact += ours == gold
        for kind in gold:
            hits[kind] += 2 * (ours[kind] & gold[kind]).total()
            sizes[kind] += ours[kind].total() + gold[kind].total()
    f1 = ", ".join(f"{kind} {100 * hits[kind] / max(1, sizes[kind]):.1f}" for kind in sizes)
    return f"F1: {f1}; exact graphs {100 * exact / len(cases):.1f} on {len(cases)} captions"


def quality(paths: Sequence[Path]) -> None:
    """Prints the quality on each file."""
    parser = load_parser()
    for path in paths:
        print(f"{path.name}: {(score_factual if path.suffix == '.csv' else score_cases)(path, parser)}")
