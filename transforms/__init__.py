"""How one record becomes another: pure functions, and one thin PTransform of the same words each."""
