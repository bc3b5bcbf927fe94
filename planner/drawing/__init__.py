"""Graphs of stacks, plans and workflows as DOT, SVG or a plain tree. Pure functions of values."""
