"""The labelling rule in bulk: what the captions of many images say, held against many phrases at once."""
