"""RQ's door: a module is a queue."""
