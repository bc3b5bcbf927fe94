"""What is recorded: the ledger, its stores, leases, snapshots, the index of runs and lineage."""
