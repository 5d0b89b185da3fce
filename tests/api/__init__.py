"""The API, asked from outside."""
