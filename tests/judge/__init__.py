"""An independent judge of the planner, written from its contract alone, and its test problems."""
