"""Says what of an installation is configured, reachable, weak or missing, and what to do."""
