"""Wiring: options, the flow, runners, the command line. No logic of its own."""
