"""A worker process of a local run: Beam's own, as quiet as the command line."""

import logging
import sys

from pipeline.quiet import LEVEL

# isort: split
from apache_beam.runners.worker import sdk_worker_main

if __name__ == "__main__":
    # Beam's worker sets the levels of its loggers itself; what is disabled here stays so.
    logging.disable(logging.getLevelName(LEVEL) - 1)
    sdk_worker_main.main(sys.argv)
