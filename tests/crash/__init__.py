"""Processes killed at every send and every fsync on the way from a change to its effect."""
