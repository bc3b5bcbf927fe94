"""A plan or a report as text, JSON or Markdown. Pure functions of values: nothing here reads or writes the ledger."""
