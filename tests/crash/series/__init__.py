"""Processes killed at every send and every sync on the way of a semester into its calendars."""
