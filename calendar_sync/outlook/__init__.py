"""Outlook calendars: consent by Microsoft's Entra, and what a connected account can be asked."""
