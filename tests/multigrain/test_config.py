from __future__ import annotations

from pathlib import Path

import pytest

from multigrain.config import PRESETS, ConfigError, read_config
from multigrain.models.ssamt import SsamtConfig

NEEDED = ["data=d", "out=o"]


def test_read_config_takes_overrides_into_the_depth() -> None:
    config = read_config(None, [*NEEDED, "model=ssamt", "model.encoder.dim=64", "learning_rate=5e-4", "amp=off"])
    assert isinstance(config.model, SsamtConfig)
    assert (config.model.encoder.dim, config.learning_rate, config.amp) == (64, 5e-4, "off")


def test_read_config_takes_an_empty_text() -> None:
    config = read_config("ssamt", [*NEEDED, "model.encoder.bert=", "model.encoder.dim=512"])
    assert config.model.encoder.bert == ""


def test_read_config_puts_overrides_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("data: d\nout: o\nepochs: 3\nmodel: {name: ssamt, layers: 1, phrase_boundary: 0.4}\n")
    config = read_config(str(path), ["epochs=4", "model.heads=2"])
    assert config.epochs == 4
    assert config.model == SsamtConfig(layers=1, heads=2, phrase_boundary=0.4)


def test_to_yaml_is_read_back_as_the_same_options(tmp_path: Path) -> None:
    config = read_config(None, [*NEEDED, "model=resg", "model.centre_margins=[0.1, 0.7]", "amp=bf16"])
    (tmp_path / "c.yaml").write_text(config.to_yaml())
    assert read_config(str(tmp_path / "c.yaml")) == config


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("epoch=3", r"epoch: no such key; did you mean epochs\?"),
        ("model.encoder.dims=3", r"model\.encoder\.dims: no such key; did you mean model\.encoder\.dim\?"),
        ("model=clip", r"model\.name: 'clip' is none of vse, ssamt, cmsei, resg"),
        ("epochs=many", r"epochs: 'many' is not of type int"),
        ("epochs=0", "epochs: 0 is not at least 1"),
        ("model.encoder.region_dropout=2.0", r"model\.encoder\.region_dropout: 2\.0 is not from 0 to 1"),
        ("model=ssamt model.heads=0", r"model\.heads: 0 is not at least 1"),
        ("model=ssamt model.layers=-1", r"model\.layers: -1 is not at least 0"),
        ("model=cmsei model.block=0", r"model\.block: 0 is not at least 1"),
        ("model.encoder.dim=-4", r"model\.encoder\.dim: -4 is not at least 1"),
        ("learning_rate=.inf", "learning_rate: inf is not at least 0"),
        ("out=", "out: must be given"),
        ("tensorboard=3", r"tensorboard: 3 is not of type bool"),
        ("decay=linear", r"decay: 'linear' is none of step, cosine"),
        ("learning_rate=.nan", "learning_rate: nan is not at least 0"),
        ("epochs.x=3", r"epochs\.x"),
        ("epochs", r"epochs: not of the form key=value"),
    ],
)
def test_read_config_names_what_cannot_be(override: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_config(None, [*NEEDED, "model=vse", "epochs=2", *override.split()])


def test_read_config_names_all_problems_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        read_config(None, ["data=d", "sed=1", "clip=x"])
    assert str(error.value).splitlines() == [
        "sed: no such key; did you mean seed?",
        "clip: 'x' is not of type float",
        "out: must be given",
    ]


def test_read_config_names_the_presets_that_there_are() -> None:
    with pytest.raises(ConfigError, match="nonesuch is neither a file nor one of the presets"):
        read_config("nonesuch")


@pytest.mark.parametrize("preset", sorted(path.stem for path in PRESETS.glob("*.yaml")))
def test_presets_are_complete_but_for_the_folders(preset: str) -> None:
    assert read_config(preset, NEEDED).data == "d"
