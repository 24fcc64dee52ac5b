"""What Alink runs around `main`. alinktf does these steps itself; the classes serve scripts that use them directly."""
