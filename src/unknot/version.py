"""The version, in a module of its own: asking for it imports nothing."""

VERSION = "0.1.0"
