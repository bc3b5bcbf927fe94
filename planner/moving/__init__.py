"""Moves: planned when a target changes, carried out in phases that the ledger records, taken back, cleaned up (D6)."""
