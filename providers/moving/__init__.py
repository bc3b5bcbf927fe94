"""How a resource gets from one target to another: what each portable type has to do in each phase of a move (D6).

Knows nothing of plans and ledgers: `planner.moving` decides which phases there are and records them.
"""
