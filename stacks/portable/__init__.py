"""Portable types: what every cloud can have, and a stack can move. How a cloud makes each is in `providers/`."""

from unknot.stacks.portable import grants as grants
