"""A CalDAV host (RFC 4791, 6578), as much of it as a calendar program needs."""
