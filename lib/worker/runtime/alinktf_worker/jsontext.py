"""JSON for the control channel without the package `json`, whose import costs as much as the whole rest."""


class _Context:
    """The settings that CPython's scanner asks for: those of `json.loads`."""
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    memo = {}


def _slow_loads(text: str) -> object:
    import json
    return json.loads(text)


def _slow_quote(text: str) -> str:
    import json
    return json.dumps(text)


try:
    from _json import encode_basestring_ascii as _quote
    from _json import make_scanner as _make_scanner
except ImportError:  # an interpreter built without the accelerator
    loads = _slow_loads
    _quote = _slow_quote
else:
    _scan = _make_scanner(_Context)

    def loads(text: str) -> object:
        """Parse `text`, which has no blanks around it. Raises ValueError."""
        try:
            value, end = _scan(text, 0)
        except StopIteration:
            raise ValueError("no JSON value") from None
        if end != len(text):
            raise ValueError("more text after the JSON value, at character %d" % end)
        return value


def dumps(members: dict) -> str:
    """An object of strings, numbers, lists of them and None as one line of ASCII, members in order."""
    return "{%s}" % ", ".join("%s: %s" % (_quote(name), _value(value)) for name, value in members.items())


def _value(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, int):
        return "%d" % value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(_value, value))
    # A lone surrogate (from a file name that is not UTF-8) is no legal JSON text.
    return _quote(str(value).encode("utf-8", "backslashreplace").decode("utf-8"))
