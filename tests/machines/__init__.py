"""Three machines on one database and one Redis, each in a network of its own."""
