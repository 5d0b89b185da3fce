"""Microsoft's sign-in (Entra) as the sandbox plays it, for work accounts and personal ones."""
