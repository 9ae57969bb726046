"""How good is a trained model? Retrieval both ways, and which phrase of a wrong caption is wrong.

Legend: N photos, M captions of the split, K phrases a caption, P labelled phrases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from multigrain.batch import NO_PHRASE
from multigrain.config import ConfigError
from multigrain.data import DataSet
from multigrain.label_codes import NEGATIVE, POSITIVE
from multigrain.loader import candidate_batches, on_device
from multigrain.models.retrieval_model import PhraseScores
from multigrain.ranking import auc, balanced_accuracy, best_threshold, fold_recalls, middle_ranks, ranks, recalls
from multigrain.run import Run
from multigrain.scoring import score_split
from multigrain.shards import DataSetError
from schemas.records import Split

PAIRS = 16  # of photo and candidate looked at together: phrases of all are compared with the photos of all
Scores = NDArray[np.float32]


def evaluate(run: Run, data: DataSet, split: Split, *, extended: bool = False) -> dict[str, Any]:
    """Returns what `python -m multigrain evaluate` says, as plain data.

    Photos without regions can not be found; `left_out` counts them. "folds_1k" is None where there are fewer than
    2,000 photos, "phrases" where the model gives phrases no scores or the split has no labelled ones. `extended` adds
    CxC and ECCV Caption. Raises DataSetError where the split has no photos or, with `extended`, they are not COCO's,
    ConfigError where eccv-caption is missing, and ValueError where a score is NaN.
    """
    coco_extended = _coco_extended(data, split) if extended else None
    found = score_split(run.model, data, split, run.device)
    both = ranks(found.scores, found.caption_photo)
    report: dict[str, Any] = {
        "split": split,
        "photos": len(found.photos),
        "captions": len(found.captions),
        "left_out": data.without_regions(split),
        "retrieval": recalls(*both) | middle_ranks(*both),
        "folds_1k": fold_recalls(found.scores, found.caption_photo),
        "phrases": _phrases(run, data, split),
    }
    if coco_extended is not None:
        report["coco_extended"] = coco_extended(found.scores)
    return report


def _coco_extended(data: DataSet, split: Split) -> Callable[[Scores], dict[str, float]]:
    """Returns what judges the scores of a split by CxC and ECCV Caption, before there are any: it may not be possible.

    Raises ConfigError where the extra is not installed, and DataSetError where the ids are not COCO's.
    """
    try:
        from multigrain.coco_extended import coco_extended
    except ModuleNotFoundError as error:
        raise ConfigError(f"--coco-extended needs eccv-caption ({error}): pip install 'multigrain[eval]'") from error
    photo_ids, caption_ids = map(_numbers, data.names(split))
    return lambda scores: coco_extended(scores, photo_ids, caption_ids)


def _numbers(ids: list[str]) -> list[int]:
    try:
        return [int(name.rpartition("#")[2]) for name in ids]
    except ValueError as error:
        raise DataSetError(f"CxC and ECCV Caption know COCO's own ids, which are numbers: {error}") from error


def _phrases(run: Run, data: DataSet, split: Split) -> dict[str, Any] | None:
    """Returns how well true and false phrases are told apart; the threshold is the best one of val."""
    positive, negative = labelled_phrase_scores(run, data, split)
    if not len(positive) or not len(negative):
        return None
    found: dict[str, Any] = {"positive": len(positive), "negative": len(negative), "auc": auc(positive, negative)}
    known = labelled_phrase_scores(run, data, "val")
    if min(map(len, known)):
        found["threshold"] = best_threshold(*known)
        found["balanced_accuracy"] = balanced_accuracy(positive, negative, found["threshold"])
    return found


@torch.inference_mode()
def labelled_phrase_scores(run: Run, data: DataSet, split: Split) -> tuple[Scores, Scores]:
    """Returns the scores of those phrases of a split's candidates that are true of the photo, and of the false ones.

    What is unknown is left out. Both are empty where the model gives phrases no scores.
    """
    found: dict[int, list[Scores]] = {POSITIVE: [np.empty(0, np.float32)], NEGATIVE: [np.empty(0, np.float32)]}
    if isinstance(run.model, PhraseScores):
        for batch in on_device(candidate_batches(data, split, PAIRS), run.device):
            images, captions = run.model.encode_images(batch.photos), run.model.encode_captions(batch.captions)
            scores = run.model.phrase_scores(images, captions)  # (PAIRS, PAIRS, K), of which photo i, caption i count
            own = scores[torch.arange(len(batch)), torch.arange(len(batch))].float()
            if batch.labels is None:
                continue
            for label, values in found.items():
                held = (batch.labels.label == label) & (batch.captions.phrase_kind != NO_PHRASE)
                values.append(own[held].cpu().numpy())
    return np.concatenate(found[POSITIVE]), np.concatenate(found[NEGATIVE])


def as_text(report: dict[str, Any]) -> str:
    """Returns a report as lines to read."""
    lines = [f"{report['split']}: {report['photos']:,} photos, {report['captions']:,} captions"]
    if report["left_out"]:
        lines.append(f"left out: {report['left_out']:,} photos without regions")
    lines.append("                    R@1    R@5   R@10   median     mean    rSum")
    for title, found in (("all", report["retrieval"]), ("folds of 1,000", report["folds_1k"])):
        for way, name in (("i2t", "photo to text"), ("t2i", "text to photo")) if found else ():
            cells = "".join(f"{found[f'{way}_r{k}']:7.1f}" for k in (1, 5, 10))
            middle = (
                "".join(f"{found[f'{way}_{m}']:9.1f}" for m in ("median", "mean")) if f"{way}_mean" in found else ""
            )
            total = f"{found['rsum']:8.1f}" if way == "t2i" else ""
            lines.append(f"{name:16}{cells}{middle:18}{total}" + (f"  ({title})" if title != "all" else ""))
    if (phrases := report["phrases"]) is not None:
        counts = f"{phrases['positive']:,} true and {phrases['negative']:,} false"
        lines.append(f"phrases of candidates, {counts}: AUC {phrases['auc'] * 100:.1f}")
        if "threshold" in phrases:
            accuracy, cut = phrases["balanced_accuracy"] * 100, phrases["threshold"]
            lines[-1] += f", balanced accuracy {accuracy:.1f} (threshold {cut:.3f}, the best of val)"
    lines += [f"{name:24}{value:7.1f}" for name, value in report.get("coco_extended", {}).items()]
    return "\n".join(lines)
