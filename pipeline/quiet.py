"""Imported first: libraries that log while they are imported, and on every step, are asked for errors only."""

import logging

logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
