"""What is wanted: the definition language, workflows, fingerprints, loading a user's file."""
