"""Talks to people. Remembers nothing; returns receipts."""
