"""Tests, in the order of the flow: scheduler, calendar_sync, notifications, services."""
