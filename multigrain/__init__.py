"""The torch package: reads shards, trains and evaluates. Never imports Beam, spaCy, stanza or detectron2."""

from multigrain.shards import DataSetError, Image, Shards

__all__ = ["DataSetError", "Image", "Shards"]
__version__ = "0.1.0"
