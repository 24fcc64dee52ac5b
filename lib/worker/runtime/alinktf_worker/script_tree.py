"""The slower questions to a script's syntax tree, without the module ast. Imported only when they come up."""

_TENSORFLOW_USERS = ("tensorflow", "keras", "akdl")
_DYNAMIC = ("globals", "vars", "exec", "eval", "setattr")  # by which a name may come into being unseen


def may_bind_main(tree: object) -> bool:
    """True if the name `main` is bound at module level, or may be in a way that cannot be seen."""
    return _binds_main(tree.body) or any(word in _DYNAMIC for word in _names(tree))


def what_instead_of_main(tree: object, name: str) -> str:
    """What to tell somebody whose script `name` has no `main`."""
    functions = [node.name for node in tree.body if type(node).__name__ in ("FunctionDef", "AsyncFunctionDef")]
    if "main" in functions:
        return "main in %s is an async function; define it as `def main(config):`" % name
    found = "; it defines %s" % ", ".join(functions[:10]) if functions else ""
    return "%s has no function main at module level%s. Define `def main(config):`" % (name, found)


def _binds_main(statements: list) -> bool:
    """True if one of these statements of module level, or of a block in them, may bind the name `main`."""
    for node in statements:
        kind = type(node).__name__
        if kind in ("FunctionDef", "ClassDef"):
            if node.name == "main":
                return True
        elif kind in ("Import", "ImportFrom"):
            if any((alias.asname or alias.name) in ("main", "*") for alias in node.names):
                return True
        elif kind != "AsyncFunctionDef":
            blocks = [value for value in map(lambda f: getattr(node, f, None), node._fields) if isinstance(value, list)]
            if any(_binds_main(_statements(block)) for block in blocks):
                return True
            if kind not in ("Expr", "Return") and "main" in _bound_names(node):
                return True
    return False


def _statements(block: list) -> list:
    """The statements of a block; those of except handlers and match cases too, which are no statements themselves."""
    found = []
    for node in block:
        if hasattr(node, "body") and type(node).__name__ in ("ExceptHandler", "match_case"):
            found.extend(node.body)
        elif hasattr(node, "_fields") and hasattr(node, "lineno"):
            found.append(node)
    return found


def _bound_names(node: object) -> set:
    """The names that are stored to in `node`: assignment, for, with, walrus."""
    return {leaf.id for leaf in _walk(node)
            if type(leaf).__name__ == "Name" and type(leaf.ctx).__name__ == "Store"}


def _names(tree: object) -> set:
    """Every name and attribute that is used anywhere."""
    return {getattr(node, "id", None) or getattr(node, "attr", None) for node in _walk(tree)}


def _walk(node: object) -> "iterator":
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                waiting.extend(item for item in value if hasattr(item, "_fields"))
            elif hasattr(value, "_fields"):
                waiting.append(value)


def wants_tensorflow(tree: object) -> bool:
    """True if the script imports TensorFlow, Keras or akdl anywhere and sets no environment variables."""
    wants = False
    for node in _walk(tree):
        kind = type(node).__name__
        if kind == "Import":
            wants = wants or any(alias.name.split(".")[0] in _TENSORFLOW_USERS for alias in node.names)
        elif kind == "ImportFrom":
            wants = wants or (not node.level and (node.module or "").split(".")[0] in _TENSORFLOW_USERS)
        elif kind == "Attribute" and node.attr in ("environ", "putenv"):
            return False  # TF_CPP_MIN_LOG_LEVEL and its like must be set before the import
    return wants
