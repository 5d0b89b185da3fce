"""Talks to calendars. Remembers nothing; returns busy time, never a word of what fills it."""
