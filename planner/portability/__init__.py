"""What of a workflow will not work on a target, or not as before, and where in the user's files that is (D8).

Read from the packed code, the lock and the graph, and from what the target's engine declares; nothing is run.
"""
