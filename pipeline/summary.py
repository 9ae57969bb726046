"""What a run says at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

UNITS = {
    "ReadAnnotations": "captions",
    "GroupAnnotations": "captions",
    "ExtractRegions": "images",
    "ImportRegions": "images",
    "ParseCaptions": "captions",
    "MinePhraseLabels": "images",
    "PredictRelations": "images",
    "ImportRelations": "images",
}


def table(manifest: Mapping[str, Any]) -> str:
    """Returns the stages of a manifest with their counts: in = out + rejected."""
    lines = [f"{'stage':18}{'unit':10}{'in':>10}{'out':>10}{'rejected':>10}"]
    for stage, unit in UNITS.items():
        if stage in manifest["counts"]:
            c = manifest["counts"][stage]
            lines.append(f"{stage:18}{unit:10}{c['entered']:>10,}{c['left']:>10,}{c['rejected']:>10,}")
    return "\n".join(lines)


NOTES = {
    "boxes_rescaled": "images had another size than the dump says; their boxes were rescaled",
    "boxes_clipped": "images had boxes that reach outside of the photo; these were cut off",
    "regions_left_out": "images had more regions than --boxes and --score-threshold keep",
}


def warnings(manifest: Mapping[str, Any]) -> str:
    """Returns a line for each thing that was mended, with how often; "" where nothing was."""
    return "\n".join(f"warning: {n:,} {NOTES[note]}" for note, n in sorted(manifest["notes"].items()))


def reasons(letters: list[dict[str, str]]) -> str:
    """Returns why records were rejected, the most frequent first, each with an example; "" where none was."""
    counts = Counter((letter["stage"], letter["reason"]) for letter in letters)
    examples = {(letter["stage"], letter["reason"]): letter for letter in reversed(letters)}
    lines = []
    for (stage, reason), n in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        letter = examples[stage, reason]
        lines.append(f"  {n:,} x {stage}: {reason}, e.g. {letter['record_id']}: {letter['detail']}")
    return "\n".join(lines)


def worst_fraction(manifest: Mapping[str, Any]) -> float:
    """Returns the largest fraction that a stage rejected."""
    return max((c["rejected"] / c["entered"] for c in manifest["counts"].values() if c["entered"]), default=0.0)
