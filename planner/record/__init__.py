"""The record: what ran, where, whether it worked and who is to be asked, from the ledger and the index."""
