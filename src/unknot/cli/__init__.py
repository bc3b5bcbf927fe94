"""The command line: parses, calls the planner, renders."""
