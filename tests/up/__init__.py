"""Tests of everything on one machine, of the worker, and of what is written for containers."""
