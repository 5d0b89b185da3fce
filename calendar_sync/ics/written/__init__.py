"""Calendars that we write (RFC 5545): the chosen dates, and when to ask for clinical time."""
