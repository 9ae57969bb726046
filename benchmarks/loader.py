"""How fast are shuffled batches of 36 x 2048 float16 features, next to the memory's own speed and to other formats?

    python -m benchmarks.loader [--images 4000] [--threads 2] [--rounds 5] [--folder DIR]

Needs, besides this project, `pip install lmdb msgpack webdataset mosaicml-streaming`: best in an environment of its
own, as mosaicml-streaming asks for an older numpy. The data are random, written to a temporary folder in each format
(590 MB each for 4,000 images), read once, and so in the page cache. One round runs every contender once; ratios are
of one round each.

- limit: nothing but the features, np.take from the mapped shard into a reused buffer, by as many threads, the same rows
  in the same order as the Loader's.
- Loader: pairs of photo and caption with everything that `multigrain.batch` holds, as stored.
- the others: features, boxes and object ids of each image, put together to batches of the same size. Each is run in
  one thread and, where it is safe, in as many as the Loader; the better counts. None uses worker processes.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import lmdb
import msgpack
import numpy as np
import torch
import webdataset
from numpy.typing import NDArray
from streaming import MDSWriter, StreamingDataset

from multigrain.data import DataSet
from multigrain.loader import Loader
from multigrain.order import permutation
from multigrain.shards import map_features
from multigrain.tokens import WordTokenizer
from schemas.feature_shard import FeatureLayout
from tests.small_data import write_data_set

REGIONS, SIZE, BATCH = 36, 2048, 128
Record = dict[str, NDArray[Any]]
Chunks = list[NDArray[np.int64]]


def empty_batch() -> Record:
    # torch's memory begins at a multiple of 64 bytes, as the Loader's does; numpy's lies 16 behind one, where a copy of
    # rows that begin at a page takes longer: the limit would be none.
    return {
        "features": torch.empty((BATCH, REGIONS, SIZE), dtype=torch.float16).numpy(),
        "boxes": np.empty((BATCH, REGIONS, 4), np.float32),
        "object_ids": np.empty((BATCH, REGIONS), np.int32),
    }


def in_threads(work: Callable[[Chunks], None], chunks: Chunks, threads: int) -> None:
    """Runs work on every thread's share of the chunks."""
    workers = [threading.Thread(target=work, args=(chunks[k::threads],)) for k in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


class Rate(NamedTuple):
    speed: float  # samples/s
    cpu: float  # microseconds of all threads a sample: what other work on the machine disturbs least


class Formats:
    """The same images in every format; each method reads batches of rows and keeps the last."""

    def __init__(self, folder: Path, images: int) -> None:
        self.folder = folder
        write_data_set(
            folder / "shards",
            (images,),
            layout=FeatureLayout(REGIONS, SIZE, 1),
            split="train",
            captions=5,
        )
        (path,) = (folder / "shards").glob("*.h5")  # one shard: everybody reads the very same pages of memory
        self._file, self._mapped = h5py.File(path), np.asarray(map_features(path)["features"])
        self._arrays = {name: self._file[name][:] for name in ("boxes", "object_ids")}
        self._packed, self._raw = (
            lmdb.open(str(folder / name), map_size=2**36, subdir=False, sync=False) for name in ("packed", "raw")
        )
        columns = dict.fromkeys(self.record(0), "bytes")
        with (
            self._packed.begin(write=True) as packed,
            self._raw.begin(write=True) as raw,
            webdataset.ShardWriter(str(folder / "web-%05d.tar"), maxsize=2e8, verbose=0) as web,
            MDSWriter(out=str(folder / "mds"), columns=columns) as mds,
        ):
            for row in range(images):
                values = {name: value.tobytes() for name, value in self.record(row).items()}
                packed.put(b"%08d" % row, msgpack.packb(values))
                raw.put(b"%08d" % row, b"".join(values.values()))
                web.write({"__key__": f"{row:08}", **values})
                mds.write(values)

    def record(self, row: int) -> Record:
        return {"features": self._mapped[row], **{name: values[row] for name, values in self._arrays.items()}}

    def limit(self, chunks: Chunks) -> None:
        batch = empty_batch()
        for rows in chunks:
            np.take(self._mapped, rows, axis=0, out=batch["features"][: len(rows)], mode="clip")

    def h5py_sorted(self, chunks: Chunks) -> None:
        for rows in chunks:
            rows = np.unique(rows)
            batch = {"features": self._file["features"][rows]}
            batch.update({name: values[rows] for name, values in self._arrays.items()})

    def lmdb_msgpack(self, chunks: Chunks) -> None:
        batch = empty_batch()
        for rows in chunks:
            with self._packed.begin(buffers=True) as transaction:
                for place, row in enumerate(rows.tolist()):
                    put(batch, place, msgpack.unpackb(transaction.get(b"%08d" % row)))

    def lmdb_raw(self, chunks: Chunks) -> None:
        batch = empty_batch()
        for rows in chunks:
            with self._raw.begin(buffers=True) as transaction:
                for place, row in enumerate(rows.tolist()):
                    value, start = transaction.get(b"%08d" % row), 0
                    for array in batch.values():
                        end = start + array[0].nbytes
                        array[place] = np.frombuffer(value[start:end], array.dtype).reshape(array.shape[1:])
                        start = end

    def webdataset(self) -> Iterator[int]:
        urls = sorted(map(str, self.folder.glob("web-*.tar")))
        data = webdataset.WebDataset(urls, shardshuffle=len(urls), seed=0).shuffle(1000)
        return collated(data)

    def mosaicml(self) -> Iterator[int]:
        # Its own shuffle, in blocks; without workers, as those make it slower still.
        return collated(StreamingDataset(local=str(self.folder / "mds"), shuffle=True, batch_size=BATCH))


def put(batch: Record, place: int, values: dict[str, bytes]) -> None:
    for name, array in batch.items():
        array[place] = np.frombuffer(values[name], array.dtype).reshape(array.shape[1:])


def collated(records: Any) -> Iterator[int]:
    """Puts records into batches, and yields how many are in each."""
    batch, place = empty_batch(), 0
    for record in records:
        put(batch, place, record)
        place += 1
        if place == BATCH:
            yield place
            place = 0
    yield place


def rate(samples: int, run: Callable[[], Any]) -> Rate:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Rate(samples / (time.perf_counter() - wall), (time.process_time() - cpu) / samples * 1e6)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="for the temporary folder (the system's)")
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    with tempfile.TemporaryDirectory(prefix="multigrain-loader-", dir=args.folder) as name:
        folder = Path(name)
        formats = Formats(folder, args.images)
        data = DataSet(
            folder / "shards", WordTokenizer.learn(["a red man rides a blue horse ."], 1), cache=folder / "cache"
        )
        loader = Loader(data, batch_size=BATCH, threads=args.threads)
        captions, images = len(loader) * BATCH, args.images
        print(f"{images:,} images, {captions:,} pairs an epoch, batches of {BATCH}, {args.threads} threads", flush=True)
        rates: dict[str, list[Rate]] = {}
        for number in range(args.rounds + 1):  # the first warms up
            rows = data.caption_images(
                data.caption_rows("train")[permutation(len(data.caption_rows("train")), 0, number)]
            )
            pairs = [np.sort(rows[i : i + BATCH]) for i in range(0, captions, BATCH)]
            order = permutation(images, 1, number)
            chunks = [order[i : i + BATCH] for i in range(0, images, BATCH)]
            found = {
                "limit": rate(captions, lambda p=pairs: in_threads(formats.limit, p, args.threads)),
                "Loader": rate(captions, lambda: list(map(len, loader))),
                "h5py, sorted": rate(images, lambda c=chunks: formats.h5py_sorted(c)),
                "LMDB of msgpack": rate(images, lambda c=chunks: formats.lmdb_msgpack(c)),
                "LMDB of msgpack, threads": rate(
                    images, lambda c=chunks: in_threads(formats.lmdb_msgpack, c, args.threads)
                ),
                "LMDB of bytes": rate(images, lambda c=chunks: formats.lmdb_raw(c)),
                "LMDB of bytes, threads": rate(images, lambda c=chunks: in_threads(formats.lmdb_raw, c, args.threads)),
                "webdataset": rate(images, lambda: sum(formats.webdataset())),
                "MosaicML streaming": rate(images, lambda: sum(formats.mosaicml())),
            }
            for contender, value in found.items() if number else ():
                rates.setdefault(contender, []).append(value)
        print("                           median      best   samples/s,   CPU us a sample (median)")
        for contender, values in rates.items():
            speeds, cpu = [v.speed for v in values], statistics.median(v.cpu for v in values)
            print(f"{contender:25}{statistics.median(speeds):9,.0f} {max(speeds):9,.0f} {cpu:24.1f}")
        for contender, values in rates.items():
            if contender == "Loader":
                continue
            pairs = list(zip(rates["Loader"], values, strict=True))
            middle = statistics.median(ours.speed / theirs.speed for ours, theirs in pairs)
            best = max(r.speed for r in rates["Loader"]) / max(r.speed for r in values)
            cpu = statistics.median(theirs.cpu / ours.cpu for ours, theirs in pairs)
            print(f"Loader to {contender}: {middle:.2f} (median of rounds), {best:.2f} (best of each), {cpu:.2f} (CPU)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
