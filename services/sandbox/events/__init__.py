"""Events as Google's API describes them: what they default to, when they happen, who sees them."""
