"""How late a flight out of New York will arrive, told an hour before it leaves."""
