"""Tests of calendar_sync."""
