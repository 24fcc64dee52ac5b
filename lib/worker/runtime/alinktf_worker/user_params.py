"""Reading user params, which batch and train components hand over as texts."""

_FALSE = ("", "0", "false", "no", "none", "null", "off")


def truth(value: object) -> bool:
    """A user param as a bool. The text "false" is false, which in Alink counts as true like any text."""
    return value.strip().lower() not in _FALSE if isinstance(value, str) else bool(value)
