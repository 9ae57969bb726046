"""How fast are regions made?

    python -m benchmarks.regions --images PHOTOS [--photos 96] [--skip 0] [--network fpn|bottom-up] [--short-side N]
                                 [--detector SPEC] [--weights FILE] [--device cuda] [--precision bf16] [--batch 8]
                                 [--block N] [--bare parallel]

The pipeline's stage (decode, detect, write a shard) against bare detectron2 loops over the same photos: the same
decoder, resize, `model(...)` as detectron2's own predictor calls it, nothing kept. On the CPU there are two such loops,
one photo after another on all cores, and as many photos at once as there are cores, on one core each; the stage is
compared with the faster one. All take turns, a block of photos each, so that what else the machine does slows them all;
their order changes from block to block. Where the machine has other work, compare the seconds of processor time, which
depend less on it. `--skip` leaves out the first photos, `--bare parallel` the first loop: a long measurement can be
made in parts.

Without --detector the network has seeded weights: the zoo's R50-FPN (800 pixels), or bottom-up attention's R101-C4 with
1,600 objects and 400 attributes (600 pixels).

With `--device cuda` also: the GPU's busy share while the stage runs (nvidia-smi, five samples a second), the peak of
PyTorch's memory, and how far the features of the same boxes in half precision are from those in float32.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from detectron2.data.transforms import ResizeShortestEdge

from schemas.feature_shard import FeatureLayout
from schemas.records import ImageRecord
from transforms.detector import RegionDetector, load_detector
from transforms.detectron import bottom_up_settings, build_model, zoo_settings
from transforms.determinism import fix_algorithms
from transforms.region_batches import extract_regions_batched
from transforms.region_selection import SelectionOptions
from transforms.regions import STAGE, extract_regions_many
from transforms.write_features import build_features, load_photo

SELECTION = SelectionOptions(36, 36)
FPN = "COCO-Detection/faster_rcnn_R_50_FPN_1x"
SHORT_SIDES = {"fpn": 800, "bottom-up": 600}
CORES = len(os.sched_getaffinity(0))


class Stopwatch:
    """Adds up the seconds that calls take, over all threads."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def running(self, what: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        with self._lock:
            self.seconds[what] += time.perf_counter() - start

    def timed(self, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self.running(what):
                return call(*args, **kwargs)

        return wrapped


class TimedDetector:
    def __init__(self, detector: RegionDetector, watch: Stopwatch) -> None:
        self.detect = watch.timed("detect", detector.detect)
        self.detect_many = watch.timed("detect", detector.detect_many)
        self.resize = watch.timed("decode", detector.resize)

    @property
    def on_cpu(self) -> TimedDetector:
        return self  # a photo that does not fit is none to be timed


def seeded_detector(network: str, short_side: int, device: str) -> RegionDetector:
    """Returns a network with seeded weights, whose scores are spread about as a trained one's are."""
    if network == "fpn":
        cfg, names = zoo_settings(FPN)
        attributes: tuple[str, ...] = ()
    else:
        cfg, names = bottom_up_settings(1600, 400), tuple(f"object {k}" for k in range(1600))
        attributes = tuple(f"attribute {k}" for k in range(400))
    cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MAX_SIZE_TEST = short_side, short_side * 5 // 3
    cfg.MODEL.DEVICE = "cpu"  # random numbers of another device are others
    torch.manual_seed(0)
    model = build_model(cfg, len(attributes)).eval().requires_grad_(False)
    for name, tensor in model.named_buffers():  # untrained, these would let activations grow from block to block
        if name.endswith("conv3.norm.weight"):
            tensor.fill_(0.3)
    scores = model.roi_heads.box_predictor.cls_score
    torch.nn.init.normal_(scores.weight, std=0.003)
    scores.bias[-1] = 4.0  # mostly background
    detector = RegionDetector(model, cfg, names, attributes, sha256="")
    return detector if device == "cpu" else detector.copy_to(device)


def bare_photo(detector: RegionDetector, folder: str, name: str) -> None:
    """detectron2's own way with a photo (its DefaultPredictor), without anything kept."""
    cfg = detector.cfg
    resize = ResizeShortestEdge([cfg.INPUT.MIN_SIZE_TEST] * 2, cfg.INPUT.MAX_SIZE_TEST)
    image = load_photo(folder, name)
    height, width = image.shape[:2]
    pixels = resize.get_transform(image).apply_image(image[:, :, ::-1] if cfg.INPUT.FORMAT == "BGR" else image)
    tensor = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32))
    with torch.inference_mode():
        detector.model([{"image": tensor, "height": height, "width": width}])


def loop(detector: RegionDetector, folder: str, names: Sequence[str]) -> None:
    """One photo after another, on all cores or on the GPU."""
    for name in names:
        bare_photo(detector, folder, name)
    if detector.model.device.type == "cuda":
        torch.cuda.synchronize()


def parallel_loop(detector: RegionDetector, folder: str, names: Sequence[str]) -> None:
    """As many photos at once as there are cores, each on one."""
    threads = torch.get_num_threads()
    with ThreadPoolExecutor(CORES, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        list(pool.map(partial(bare_photo, detector, folder), names))
    torch.set_num_threads(threads)


def stage(detector: RegionDetector, folder: str, names: Sequence[str], batch: int, watch: Stopwatch) -> None:
    """What ExtractRegions does with a shard of these photos."""
    records = [ImageRecord(name, name, "train", ()) for name in names]
    layout = FeatureLayout(SELECTION.max_boxes, detector.feature_size, min(5, len(detector.attribute_names)))
    load = watch.timed("decode", partial(load_photo, folder))
    timed = TimedDetector(detector, watch)

    def find(wanted: Sequence[ImageRecord]) -> Iterator[Any]:
        photos = ((record.image_id, record.uri) for record in wanted)
        if batch == 1:
            found = extract_regions_many(photos, load, timed, SELECTION, threads=CORES)
        else:
            found = extract_regions_batched(photos, load, timed, SELECTION, batch=batch, threads=CORES)
        while True:
            with watch.running("wait"):
                item = next(found, None)
            if item is None:
                return
            yield item

    with tempfile.TemporaryDirectory() as out:
        content = build_features(Path(out, "shard.h5"), records, layout, STAGE, find, Counter())
    if content.rejected:
        raise RuntimeError(f"{len(content.rejected)} photos refused: {content.rejected[0]}")


def measure(detector: RegionDetector, args: argparse.Namespace) -> None:
    names = sorted(path.name for path in Path(args.images).iterdir())[args.skip : args.skip + args.photos]
    watch, gpu = Stopwatch(), detector.model.device.type == "cuda"
    batch = args.batch or (8 if gpu else 1)
    runs: dict[str, Callable[[Sequence[str]], None]] = {
        "loop": partial(loop, detector, args.images),
        "parallel loop": partial(parallel_loop, detector, args.images),
        "stage": lambda block: stage(detector, args.images, block, batch, watch),
    }
    if gpu:
        del runs["parallel loop"]
    elif args.bare == "parallel":
        del runs["loop"]
    size = args.block or (max(64, 8 * batch) if gpu else 8)
    for run in runs.values():  # once without the clock: first calls allocate
        run(names[:batch])
    watch.seconds.clear()
    seconds, processor, shares, busy = Counter[str](), Counter[str](), [], []
    for number, start in enumerate(range(0, len(names), size)):
        block, order, before = names[start : start + size], list(runs), Counter(seconds)
        for what in order[number % len(order) :] + order[: number % len(order)]:
            with sampled_use(busy if gpu and what == "stage" else []):
                begin, used = time.perf_counter(), time.process_time()
                runs[what](block)
                seconds[what] += time.perf_counter() - begin
                processor[what] += time.process_time() - used
        took = {what: seconds[what] - before[what] for what in runs}
        shares.append(took["stage"] / min(took[what] for what in runs if what != "stage"))
        print(f"{start + len(block)} photos: {dict(seconds)}, processor {dict(processor)}", file=sys.stderr, flush=True)
    for what, total in seconds.items():
        print(f"{what}: {total:.1f} s, {len(names) / total:.3f} images/s; {processor[what]:.1f} s of processor time")
    bare = min((what for what in runs if what != "stage"), key=seconds.__getitem__)
    print(f"stage / {bare}: {seconds['stage'] / seconds[bare]:.3f} (median of blocks, each with its faster loop: "
          f"{np.median(shares):.3f}); in processor time {processor['stage'] / processor[bare]:.3f}")  # fmt: skip
    write = seconds["stage"] - watch.seconds["wait"]
    print(f"of the stage's time: write {write / seconds['stage']:.1%}; seconds of all threads: "
          f"decode {watch.seconds['decode']:.1f}, detect {watch.seconds['detect']:.1f}")  # fmt: skip
    if gpu:
        print(f"GPU busy while the stage runs: {np.mean(busy):.0f}% of the time" if busy else "no nvidia-smi")
        print(f"peak memory of PyTorch: {torch.cuda.max_memory_allocated() / 2**30:.2f} GiB")


@contextmanager
def sampled_use(found: list[float]) -> Iterator[None]:
    """Appends the GPU's use in percent, as nvidia-smi has it every 200 ms; nothing where there is none."""
    if shutil.which("nvidia-smi") is None:
        yield
        return
    query = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms", "200", "-i", "0"]
    with subprocess.Popen(query, stdout=subprocess.PIPE, text=True) as process:
        yield
        process.terminate()
        found += [float(line) for line in process.communicate()[0].split() if line.isdecimal()]


def distances(detector: RegionDetector, args: argparse.Namespace) -> None:
    """Prints how far the features of the same boxes are from those in float32."""
    exact = replace(detector, precision="fp32")
    names = sorted(path.name for path in Path(args.images).iterdir())[:16]
    for precision in ("bf16", "fp16"):
        reduced, lengths, angles = replace(detector, precision=precision), [], []
        for name in names:
            image = load_photo(args.images, name)
            boxes = exact.detect(image, SELECTION).boxes
            a, b = (d.describe(image, boxes).features.astype(np.float64) for d in (exact, reduced))
            norms = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
            lengths += (np.linalg.norm(a - b, axis=1) / norms[0]).tolist()
            angles += ((a * b).sum(1) / (norms[0] * norms[1])).tolist()
        print(f"{precision} against fp32, {len(lengths)} boxes of {len(names)} photos: difference over length, median "
              f"{np.median(lengths):.2e}, largest {max(lengths):.2e}; smallest cosine {min(angles):.6f}")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", required=True)
    parser.add_argument("--photos", type=int, default=96)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--block", type=int, help="photos a turn (8; on a GPU 8 batches)")
    parser.add_argument("--bare", choices=["both", "parallel"], default="both", help="loops on the CPU to compare with")
    parser.add_argument("--network", choices=list(SHORT_SIDES), default="fpn")
    parser.add_argument("--short-side", type=int)
    parser.add_argument("--detector")
    parser.add_argument("--weights")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--precision", choices=["fp32", "bf16", "fp16"], default="fp32")
    parser.add_argument("--batch", type=int, help="as the pipeline's (cpu 1, cuda 8)")
    args = parser.parse_args()
    if args.device == "cuda":
        fix_algorithms()
    if args.detector:
        detector = load_detector(args.detector, weights=args.weights, device=args.device)
    else:
        detector = seeded_detector(args.network, args.short_side or SHORT_SIDES[args.network], args.device)
    where = torch.cuda.get_device_name() if args.device == "cuda" else f"{platform.machine()}, {CORES} cores"
    print(f"{where}, torch {torch.__version__}, {args.detector or args.network + ' (seeded)'}, "
          f"{detector.cfg.INPUT.MIN_SIZE_TEST} pixels, {args.precision}")  # fmt: skip
    measure(replace(detector, precision=args.precision), args)
    if args.device == "cuda":
        distances(detector, args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
