"""Calls back when TensorFlow has been imported, by whoever it is; costs nothing before that."""
import sys


def after_import(name: str, call: "callable") -> None:
    """Have `call(module)` called once, right after the module `name` is loaded, before its importer goes on."""
    sys.meta_path.insert(0, _Finder(name, call))


class _Finder:
    """Lets the other finders find the module and puts the call behind its loader's `exec_module`."""

    def __init__(self, name: str, call: "callable") -> None:
        self._name = name
        self._call = call

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if name != self._name:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find is not None and finder is not self else None
            if spec is not None:
                self._wrap(spec.loader)
                return spec
        return None

    def _wrap(self, loader: object) -> None:
        execute = getattr(loader, "exec_module", None)
        if execute is None:
            return

        def exec_module(module: object) -> None:
            execute(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
                self._call(module)

        try:
            loader.exec_module = exec_module
        except AttributeError:
            pass  # a loader without attributes of its own: no TensorFlow is known to come from one
