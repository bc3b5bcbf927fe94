"""From declarations and a cloud's own models: the catalogue, the classes that users write with, and reference pages."""
