"""Google as the sandbox plays it: the calendar API, and the sign-in before it."""
