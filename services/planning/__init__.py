"""Planning from files: a problem file in, an answer as JSON or for a terminal out."""
