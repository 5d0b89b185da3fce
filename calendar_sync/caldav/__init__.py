"""Calendars at CalDAV hosts (RFC 4791): iCloud, Fastmail, Nextcloud and many others."""
