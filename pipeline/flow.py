"""The flow, on one screen."""

from __future__ import annotations

import apache_beam as beam

from pipeline.identity import Plan
from transforms.import_regions import ImportRegions
from transforms.import_relations import ImportRelations
from transforms.publish import Target
from transforms.shard_records import GroupShards, ReadAnnotations
from transforms.write_features import ExtractRegions
from transforms.write_graphs import ParseCaptions
from transforms.write_labels import CountCorpus, MinePhraseLabels
from transforms.write_manifest import WriteManifest
from transforms.write_phrase_rules import CompilePhraseRules
from transforms.write_relations import LearnRelations, PredictRelations


def build(p: beam.Pipeline, plan: Plan, target: Target, threads: int) -> None:
    """Adds the whole flow to a pipeline: annotation files in, a complete output folder out."""
    o = plan.options
    shards = (
        p
        | "AnnotationFiles" >> beam.Create(list(o.annotations))  # path
        | "ReadAnnotations" >> ReadAnnotations(o.format, o.split, o.salt, o.shards)  # (shard, Annotation | DeadLetter)
        | "GroupShards" >> GroupShards(o.salt, o.shards)  # Shard
    )
    graphs = shards | "ParseCaptions" >> ParseCaptions(target, o.parser)  # Sidecar
    corpus, pool = graphs | "CountCorpus" >> CountCorpus(target, o.wordnet)  # FileEntry of tables, of candidates
    labels = (graphs, corpus, pool) | "MinePhraseLabels" >> MinePhraseLabels(target, o.candidates)  # Sidecar
    rules = (graphs, corpus) | "CompilePhraseRules" >> CompilePhraseRules(target)  # FileEntry
    sidecars, artifacts, products = [graphs, labels], [corpus, pool, rules], ["graphs", "labels"]
    features = None
    if plan.imports is not None:
        features = shards | "ImportRegions" >> ImportRegions(  # Sidecar
            target, plan.imports.dumps, o.images, o.selection(), plan.imports.layout, plan.imports.names
        )
    elif o.images is not None and plan.layout is not None:
        features = shards | "ExtractRegions" >> ExtractRegions(  # Sidecar
            target, o.images, plan.detector, plan.batch, o.selection(), plan.layout, threads
        )
    if features is not None:
        if o.relations is None:
            prior = (features, graphs, corpus) | "LearnRelations" >> LearnRelations(target, plan.objects)  # FileEntry
            relations = (features, prior) | "PredictRelations" >> PredictRelations(target)  # Sidecar
            artifacts = [*artifacts, prior]
        else:
            relations = (features, graphs) | "ImportRelations" >> ImportRelations(target, o.relations)  # Sidecar
        sidecars = [features, *sidecars, relations]
        products = ["features", *products, "relations"]
    manifest = WriteManifest(target.out, plan.run, tuple(products), plan.description)
    (sidecars | beam.Flatten(), artifacts | "Artifacts" >> beam.Flatten()) | "WriteManifest" >> manifest
