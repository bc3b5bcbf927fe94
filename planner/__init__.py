"""What to do: diff, plan, order, refresh, apply, review, rendering."""
