"""Pages on which one looks at the calendars and changes them, as a person would."""
