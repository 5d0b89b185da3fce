"""Remembers, decides, opens the doors."""
