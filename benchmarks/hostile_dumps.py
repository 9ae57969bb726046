"""Hostile dumps of region features, vocabularies and weights."""

from __future__ import annotations

import io
import os
import pickle
import random
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from safetensors.torch import save

from benchmarks.hostile_mutations import STRANGE_TEXTS, mutated_bytes
from benchmarks.hostile_outcome import SECRET, Outcome, ReaderFactory, Trial, reading
from schemas.records import ImageRecord, Regions
from tests.dump_files import Seen, seen, write_h5, write_lmdb, write_npz, write_precomp, write_tsv, write_vocabulary
from transforms.dumps.open_dump import open_dump
from transforms.dumps.rows import DumpError
from transforms.dumps.tsv import LONG, SHORT
from transforms.dumps.vocabulary import read_vocabulary
from transforms.import_regions import Names, import_regions
from transforms.region_selection import SelectionOptions
from transforms.weights import WeightsError, read_weights

PHOTOS = [seen(name, regions=4, size=8) for name in ("a", "b", "c")]
ODD = ("features", "boxes", "object_ids", "object_scores", "attribute_ids")
SELECTION = SelectionOptions(1, 10)
Write = Callable[[Path, Sequence[Seen]], Path]  # from a new folder to what open_dump is given


class Dumps:
    """A dump of three photos, hurt in its bytes or in its numbers: refused whole, or each photo has its outcome."""

    promised = (DumpError,)

    def __init__(self, name: str, writers: Sequence[Write], scratch: Path) -> None:
        self._name = name
        self._seeds = [writer(_new(scratch / f"seed{i}"), PHOTOS) for i, writer in enumerate(writers)]
        self._writers = writers

    def make(self, rng: random.Random, folder: Path) -> Trial:
        number = rng.randrange(len(self._seeds))
        fields = [name for name in ODD if name != "object_ids" or self._name != "lmdb"]  # which has no ids but places
        if rng.random() < 0.4:
            path = self._writers[number](_new(folder / "dump"), [_odd_numbers(rng, photo, fields) for photo in PHOTOS])
        else:
            root = self._seeds[number].parent
            shutil.copytree(root, folder / "dump")
            path = folder / "dump" / self._seeds[number].relative_to(root)
        if rng.random() < 0.8:
            files = sorted(p for p in (folder / "dump").rglob("*") if p.is_file() and p.name != "lock.mdb")
            hurt = rng.choice(files)
            hurt.write_bytes(mutated_bytes(rng, hurt.read_bytes()))

        def trial() -> Outcome:
            dump = open_dump(f"{self._name}:{path}")
            dump.identity()
            outcomes = 0
            for photo in PHOTOS:
                record = ImageRecord(photo.image_id, f"{photo.image_id}.jpg", "train", ())
                found = import_regions(record, [dump], None, SELECTION, Names(20, 9), Counter())
                if isinstance(found, Regions) and SECRET[:16] in found.features.tobytes():
                    return Outcome(outside="features were read from another file")
                if isinstance(found, Regions) and not np.isfinite(found.boxes).all():
                    return Outcome(lost="boxes that are not finite came out")
                outcomes += 1
            return Outcome(lost="" if outcomes == len(PHOTOS) else f"{outcomes} outcomes of {len(PHOTOS)} photos")

        return trial


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _odd_numbers(rng: random.Random, photo: Seen, fields: Sequence[str]) -> Seen:
    """Returns a photo with some numbers that no detector gives: NaN, infinite, negative, huge."""
    values = {name: getattr(photo, name) for name in Seen.__dataclass_fields__}
    for name in rng.sample(fields, rng.randint(0, 2)):
        array = values[name].copy()
        strange = (
            (np.nan, np.inf, -np.inf, -1.0, 1e38) if array.dtype.kind == "f" else (-1, -(2**31), 2**31 - 1, 10**12)
        )
        array.flat[rng.randrange(array.size)] = rng.choice(strange)
        values[name] = array
    if rng.random() < 0.3:
        values[rng.choice(["height", "width"])] = rng.choice((-5, 1, 2**31, 2**40))
    return Seen(**values)


def _tsv(columns: Sequence[str], header: bool) -> Write:
    return lambda folder, photos: write_tsv(folder / "dump.tsv", photos, columns, header=header)


def _h5_links(folder: Path, photos: Sequence[Seen]) -> Path:
    """Writes HDF5 whose numbers would come from another file, if links and external storage were followed."""
    path = write_h5(folder / "dump.h5", photos)
    (folder / "raw").write_bytes(SECRET * 40)
    with h5py.File(path, "a") as file:
        shape = file["features"].shape
        del file["features"]
        size = int(np.prod(shape)) * 4
        file.create_dataset("features", shape, "f4", external=[(str(folder / "raw"), 0, size)])
    return path


class Vocabularies:
    promised = (DumpError,)

    def __init__(self, scratch: Path) -> None:
        self._seed = write_vocabulary(scratch / "vocabulary")

    def make(self, rng: random.Random, folder: Path) -> Trial:
        copy = shutil.copytree(self._seed, folder / "vocabulary")
        hurt = rng.choice(sorted(copy.iterdir()))
        data = mutated_bytes(rng, hurt.read_bytes())
        if rng.random() < 0.3:
            data += "\n".join(rng.choices(STRANGE_TEXTS, k=3)).encode("utf-8", "surrogatepass")
        hurt.write_bytes(data)
        return reading(lambda: read_vocabulary(copy))


class _Runs:
    """Pickled, this starts a program when it is unpickled."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self._reduced = (call, arguments)

    def __reduce__(self) -> Any:
        return self._reduced


class Weights:
    """Weight files of each kind, damaged, and pickles that would run something."""

    promised = (WeightsError,)

    def __init__(self, scratch: Path) -> None:
        tensors = {"layer.weight": torch.arange(12.0).reshape(3, 4), "layer.bias": torch.zeros(3)}
        buffer = io.BytesIO()
        torch.save({"model": tensors}, buffer)
        old = io.BytesIO()
        torch.save(tensors, old, _use_new_zipfile_serialization=False)
        arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
        self._files = [
            (".safetensors", save(tensors)),
            (".pth", buffer.getvalue()),
            (".pth", old.getvalue()),
            (".pkl", pickle.dumps({"model": arrays}, protocol=2)),
            (".pkl", pickle.dumps(arrays, protocol=5)),
        ]

    def make(self, rng: random.Random, folder: Path) -> Trial:
        suffix, data = rng.choice(self._files)
        if rng.random() < 0.25:
            target = str(folder.parent / "ran")
            call = rng.choice([
                _Runs(os.system, f"touch {target}"),
                _Runs(os.mkdir, target),
                _Runs(open, target, "w"),
                _Runs(eval, f"open({target!r}, 'w')"),
                _Runs(torch.load, target),
                _Runs(np.load, target, None, True),
            ])  # fmt: skip
            payload = {"model": {"layer.weight": call, "layer.bias": np.zeros(3)}}
            suffix = rng.choice([".pth", ".pkl"])
            data = pickle.dumps(payload, protocol=rng.choice([2, 3, 4, 5]))
            if suffix == ".pth" and rng.random() < 0.5:
                buffer = io.BytesIO()
                torch.save(payload, buffer)
                data = buffer.getvalue()
        if rng.random() < 0.75:
            data = mutated_bytes(rng, data)
        path = folder / f"model{suffix}"
        path.write_bytes(data)

        def trial() -> Outcome:
            read_weights(path)
            return Outcome(
                outside="something that a pickle asked for was done" if (folder.parent / "ran").exists() else ""
            )

        return trial


def _dumps(name: str, *writers: Write) -> ReaderFactory:
    return lambda scratch: Dumps(name, writers, scratch)


DUMP_READERS: dict[str, ReaderFactory] = {
    "dumps: tsv": _dumps("tsv", _tsv(SHORT, False), _tsv(LONG, False), _tsv(SHORT, True)),
    "dumps: npz": _dumps(
        "npz",
        lambda folder, photos: write_npz(folder / "npz", photos),
        lambda folder, photos: write_npz(folder / "npz", photos, turned=True, info=False),
    ),
    "dumps: lmdb": _dumps(
        "lmdb",
        lambda folder, photos: write_lmdb(folder / "lmdb", photos),
        lambda folder, photos: write_lmdb(folder / "lmdb", photos, compressed=True),
    ),
    "dumps: precomp": _dumps(
        "precomp",
        lambda folder, photos: write_precomp(folder / "pre", "train", photos, boxes="boxes"),
        lambda folder, photos: write_precomp(folder / "pre", "train", photos, rows=5, boxes="ims_bbx"),
    ),
    "dumps: h5": _dumps("h5", lambda folder, photos: write_h5(folder / "dump.h5", photos), _h5_links),
    "vocabularies": Vocabularies,
    "weights": Weights,
}
