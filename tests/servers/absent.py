"""What a test says when it needs a server that this machine cannot start."""


class NoServer(Exception):
    """The server is not here, or will not run; a test that needs it fails, and is never skipped."""
