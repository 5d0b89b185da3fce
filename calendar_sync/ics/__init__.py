"""Calendar files and addresses (RFC 5545) to busy time."""
