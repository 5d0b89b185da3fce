"""Microsoft Graph, as far as it is about calendars: the events are the world's own."""
