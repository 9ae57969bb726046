"""A real Flink cluster with Beam's job server on this machine, from parts of the package registries.

It knows nothing of the pipeline: whoever starts it says how a worker pool is started.
"""
