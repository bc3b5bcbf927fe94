"""Resource types as data: a short declaration over a service's own model, and the one provider that carries them all out."""
