"""Invitations and answers as mail: iCalendar, iTIP and iMIP (RFC 5545, 5546, 6047)."""
