"""How the world is touched: clouds, engines, data stores, trackers."""
