"""The torch package: reads shards, trains and evaluates. Never imports Beam, spaCy, stanza or detectron2."""

__version__ = "0.1.0"
