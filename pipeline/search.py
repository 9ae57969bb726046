"""A query in plain words is parsed, so that each of its phrases can be found and judged in the photos."""

from __future__ import annotations

import argparse

from multigrain.__main__ import show_hits
from multigrain.search import Query
from pipeline.identity import open_parser
from transforms.phrases import phrases
from transforms.scene_graphs import DEFAULT


def search(args: argparse.Namespace) -> int:
    """Runs `python -m multigrain search` with the phrases of the query. Returns the exit code."""
    if not args.query:
        return show_hits(args, Query(""))
    (graph,) = open_parser(args.parser or DEFAULT).parse([args.query])
    return show_hits(args, Query(args.query, graph, phrases("query", graph)))
