"""The options of training, in one place, from a YAML file and `key=value` arguments; what cannot be is refused.

A dataclass says which keys there are, their types and defaults. Keys of what lies deeper are joined by points:
`model.encoder.dim=512`.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import yaml  # type: ignore[import-untyped]

from multigrain.models import ModelConfig
from multigrain.models.vse import VseConfig
from multigrain.ranges import Amount, Count, Number, Range

T = TypeVar("T")
PRESETS = Path(__file__).parent / "presets"


class ConfigError(ValueError):
    """Options that cannot be; the message names each of them."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """All options of `python -m multigrain train`."""

    data: str  # folder of the shards
    out: str  # folder of the run
    model: ModelConfig = field(default_factory=VseConfig)
    seed: Number = 0  # of weights, order, dropout
    epochs: Count = 25
    batch_size: Annotated[int, Range(2)] = 128  # of all processes together
    learning_rate: Amount = 5e-4  # of AdamW
    bert_rate: Amount = 0.1  # the BERT's learning rate, as a share of the others'
    weight_decay: Amount = 1e-4
    warm_up_steps: Number = 0  # in which the learning rate rises from 0
    all_negatives_epochs: Number = 1  # in which all negatives count alike; after them the hardest alone
    decay: Literal["step", "cosine"] = "step"  # to a tenth after decay_epoch epochs; or to 0 along a cosine
    decay_epoch: Count = 15
    clip: Amount = 2.0  # norm of the gradient at most; 0 leaves it as it is
    amp: Literal["off", "bf16"] = "off"  # bfloat16 where it is enough
    phrase_labels: bool = True  # tell the model which phrases are true of which photo of the batch, if it wants to know
    spare_true_captions: bool = True  # with labels: a caption of which nothing is false of a photo is no negative of it
    patience: Number = 0  # epochs without a better rSum of val until training stops; 0 never stops early
    validate_every: Count = 1  # epochs
    checkpoint_steps: Count = 200  # a checkpoint each so many steps, and at each end of an epoch
    max_relations: Count = 25  # between regions, the best of each photo
    max_tokens: Annotated[int, Range(3)] = 80  # of a caption
    min_word_count: Count = 2  # rarer words of the training captions are unknown; not for a BERT
    device: str = "auto"  # "auto" is a GPU where there is one
    tensorboard: bool = True

    def to_yaml(self) -> str:
        """Returns the options as YAML that `read_config` takes."""
        content = asdict(self)
        return str(yaml.safe_dump(_plain(content), sort_keys=False))


def read_config(source: str | None, overrides: Sequence[str] = ()) -> TrainConfig:
    """Returns the options of a YAML file, or of a preset by name, with `key=value` overrides.

    Raises ConfigError, naming every key that is unknown and every value that does not fit.
    """
    content: Any = {}
    if source is not None:
        path = Path(source)
        if not path.is_file():
            path = PRESETS / f"{source}.yaml"
        if not path.is_file():
            names = ", ".join(sorted(p.stem for p in PRESETS.glob("*.yaml")))
            raise ConfigError(f"{source} is neither a file nor one of the presets {names}")
        try:
            content = yaml.safe_load(path.read_text("utf-8")) or {}
        except yaml.YAMLError as error:
            raise ConfigError(f"{path}: {error}") from error
        if not isinstance(content, dict):
            raise ConfigError(f"{path}: not a mapping of keys to values")
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals:
            raise ConfigError(f"{override}: not of the form key=value")
        try:
            _put(content, key.split("."), yaml.safe_load(value))
        except yaml.YAMLError as error:
            raise ConfigError(f"{override}: {error}") from error
    return parse(TrainConfig, content)


def _put(content: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        inner = content.setdefault(name, {})
        if isinstance(inner, str):  # model=ssamt model.layers=1: the name alone, then more
            inner = content[name] = {"name": inner}
        if not isinstance(inner, dict):
            raise ConfigError(f"{'.'.join(path)}: {name} is {inner!r}, it has no keys")
        content = inner
    if isinstance(content.get(path[-1]), dict) and isinstance(value, str):
        content[path[-1]]["name"] = value
    else:
        content[path[-1]] = value


def parse(kind: type[T], content: Mapping[str, Any]) -> T:
    """Returns an instance of a dataclass from plain data. Raises ConfigError with all that is wrong."""
    problems: list[str] = []
    made = _dataclass(kind, content, "", problems)
    if problems:
        raise ConfigError("\n".join(problems))
    return made  # type: ignore[no-any-return]


def _dataclass(kind: Any, content: Any, where: str, problems: list[str]) -> Any:
    if not isinstance(content, Mapping):
        problems.append(f"{where.rstrip('.')}: {content!r} is not a mapping of keys to values")
        return None
    known, hints = {f.name: f for f in fields(kind)}, get_type_hints(kind, include_extras=True)
    for key in content:
        if key not in known:
            close = difflib.get_close_matches(str(key), known, 1)
            problems.append(f"{where}{key}: no such key" + (f"; did you mean {where}{close[0]}?" if close else ""))
    before = len(problems)
    values = {name: _value(hints[name], content[name], f"{where}{name}", problems) for name in known if name in content}
    for name, item in known.items():
        if item.default is MISSING and item.default_factory is MISSING and content.get(name) in (None, ""):
            problems.append(f"{where}{name}: must be given")
    return kind(**values) if len(problems) == before else None


def _value(hint: Any, value: Any, where: str, problems: list[str]) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        kind, allowed = arguments
        before = len(problems)
        value = _value(kind, value, where, problems)
        if len(problems) == before and value not in allowed:
            problems.append(f"{where}: {value} is not {allowed}")
        return value
    if origin is UnionType:  # dataclasses that are told apart by their name
        by_name = {next(f.default for f in fields(a) if f.name == "name"): a for a in arguments}
        name = value.get("name") if isinstance(value, Mapping) else value
        if name not in by_name:
            problems.append(f"{where}.name: {name!r} is none of {', '.join(map(str, by_name))}")
            return None
        return _dataclass(by_name[name], value if isinstance(value, Mapping) else {}, f"{where}.", problems)
    if is_dataclass(hint):
        return _dataclass(hint, value, f"{where}.", problems)
    if origin is Literal:
        # YAML 1.1 reads a bare off and on as booleans.
        value = {False: "off", True: "on"}.get(value, value) if isinstance(value, bool) else value
        if value not in arguments:
            problems.append(f"{where}: {value!r} is none of {', '.join(map(str, arguments))}")
        return value
    if origin is tuple:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != len(arguments):
            problems.append(f"{where}: {value!r} is not a list of {len(arguments)}")
            return None
        return tuple(
            _value(a, v, f"{where}[{i}]", problems) for i, (a, v) in enumerate(zip(arguments, value, strict=True))
        )
    if hint is str and value is None:  # so YAML reads an empty value
        value = ""
    if hint is float and isinstance(value, str):  # YAML 1.1 reads 5e-4 as text
        with contextlib.suppress(ValueError):
            value = float(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not hint:
        problems.append(f"{where}: {value!r} is not of type {hint.__name__}")
    return value


def flat(content: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Returns nested options as one mapping, deeper keys joined by points."""
    found: dict[str, Any] = {}
    for key, value in content.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value
