"""What can be said about the user's script before any data flows: does it compile, does it have a `main`."""
import os
import sys

_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST, without importing ast
_COROUTINE = 0x380  # inspect.CO_COROUTINE, CO_ITERABLE_COROUTINE and CO_ASYNC_GENERATOR: those of `async def`


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
        code = _compile(source, name, 0)
        if not any(getattr(item, "co_name", "") == "main" and not item.co_flags & _COROUTINE
                   for item in code.co_consts):
            from . import script_tree
            tree = _compile(source, name, _ONLY_AST)
            if not script_tree.may_bind_main(tree):
                raise ScriptError(script_tree.what_instead_of_main(tree, name))
        self.wants_tensorflow = False
        if b"tensorflow" in source or b"keras" in source or b"akdl" in source:
            from . import script_tree
            self.wants_tensorflow = script_tree.wants_tensorflow(_compile(source, name, _ONLY_AST))


def _compile(source: bytes, name: str, flags: int) -> object:
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are shown when the script is imported
        try:
            return compile(source, name, "exec", flags, True)
        except ValueError as error:  # null bytes
            raise ScriptError("%s is not a Python script: %s" % (name, error)) from None


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
    name, _, variant = package.partition("_")
    return package == "tf_nightly" or (
        name == "tensorflow" and variant in ("", "cpu", "base", "gpu", "intel", "rocm", "macos", "aarch64"))
