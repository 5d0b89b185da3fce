"""The tables and their columns, on both databases."""
