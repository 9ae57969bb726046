"""The torch package: reads shards, trains and evaluates. Never imports Beam, spaCy, stanza or detectron2."""
