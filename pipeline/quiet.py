"""Imported first: libraries that log while they are imported, and on every step, are kept quiet.

A failure is reported in one line by the command line; MULTIGRAIN_LOG=DEBUG (INFO, WARNING, ERROR) shows all the rest.
"""

import logging
import os
import warnings

LEVEL = os.environ.get("MULTIGRAIN_LOG", "CRITICAL")
if "MULTIGRAIN_LOG" not in os.environ:
    os.environ.setdefault("PYTHONWARNINGS", "ignore")  # for the worker processes
    warnings.simplefilter("ignore")
logging.basicConfig(level=LEVEL, format="%(levelname)s %(name)s: %(message)s")
