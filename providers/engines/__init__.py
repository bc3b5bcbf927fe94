"""What engines have in common: deployments and runs in the target's store, the coordinator, one task by its name."""
