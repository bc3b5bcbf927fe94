"""The store protocol and its implementations: the lowest layer, importing nothing else of unknot (rule R3)."""
