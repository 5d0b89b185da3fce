"""Calendar files (RFC 5545): read, written, and served at secret addresses."""
