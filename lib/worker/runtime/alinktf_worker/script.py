"""What can be said about the user's script before any data flows: does it compile, does it have a `main`."""
import os
import sys

_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST, without importing ast
_TENSORFLOW_USERS = ("tensorflow", "keras", "akdl")
_DYNAMIC = ("globals", "vars", "exec", "eval", "setattr")  # by which a name may come into being unseen


class ScriptError(Exception):
    """The script cannot be run as it is."""


class Script:
    """The user's main script, compiled once without running it.

    Attributes:
        wants_tensorflow: it imports TensorFlow, Keras or akdl somewhere, and sets no environment variable that
            an import ahead of the script's own would miss.
    """

    def __init__(self, path: str, name: str) -> None:
        """Compile the file `path`; `name` is what messages call it.

        Raises:
            SyntaxError: as Python does.
            ScriptError: there is no `main` in it, or it cannot be read.
        """
        try:
            with open(path, "rb") as file:
                source = file.read()
        except OSError as error:
            raise ScriptError("cannot read the script: %s" % error) from None
        tree = _parse(source, name)
        if not _binds_main(tree.body):
            names = _names(tree) if any(word.encode() in source for word in _DYNAMIC) else ()
            if not any(word in names for word in _DYNAMIC):
                raise ScriptError(_no_main(tree, name))
        self.wants_tensorflow = any(word.encode() in source for word in _TENSORFLOW_USERS) and _wants_tensorflow(tree)


def _parse(source: bytes, name: str) -> object:
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are shown when the script is imported
        try:
            return compile(source, name, "exec", _ONLY_AST, True)
        except ValueError as error:  # null bytes
            raise ScriptError("%s is not a Python script: %s" % (name, error)) from None


def _no_main(tree: object, name: str) -> str:
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


def _wants_tensorflow(tree: object) -> bool:
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


def tensorflow_version() -> "str | None":
    """The version of the TensorFlow that `import tensorflow` would find, from its dist-info; None if there is none."""
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        if "tensorflow" in names:
            for name in names:
                package, _, rest = name.partition("-")
                if rest.endswith((".dist-info", ".egg-info")) and _is_tensorflow(package):
                    return rest.rsplit(".", 1)[0].split("-")[0]
    return None


def _is_tensorflow(package: str) -> bool:
    return package in ("tensorflow", "tf_nightly") or (
        package.startswith("tensorflow_") and package[11:] in ("cpu", "base", "gpu", "intel", "rocm", "macos", "aarch64"))
