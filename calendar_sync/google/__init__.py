"""Google Calendar: consent, and what a connected account can be asked."""
