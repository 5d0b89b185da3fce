"""Invented people and what fills their weeks."""
