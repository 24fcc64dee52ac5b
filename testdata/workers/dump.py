"""Leave what a script sees of Alink's contract in the folder `out` of the user parameters, as JSON by role."""

import json
import os
import time


def typed(value):
    """The value with its type, through lists and objects; of other objects the type alone."""
    kind = type(value).__module__ + "." + type(value).__name__
    if isinstance(value, dict):
        return {"type": kind, "value": {name: typed(each) for name, each in value.items()}}
    if isinstance(value, list):
        return {"type": kind, "value": [typed(each) for each in value]}
    plain = value is None or isinstance(value, (str, int, float))
    return {"type": kind, "value": value} if plain else {"type": kind}


def main(config):
    print("from main")
    context = config.tf_context
    out = config.user_params["out"]
    role = "%s_%d" % (config.task_type, config.task_index)
    seen = {
        "config": {name: typed(value) for name, value in config.__dict__.items()},
        "config_class": "%s.%s" % (type(config).__module__, type(config).__name__),
        "context": {name: typed(getattr(context, name))
                    for name in ("failNum", "funcName", "identity", "index", "mode", "roleName")},
        "parallelism": {name: context.roleParallelism[name] for name in ("worker", "ps")},
        "properties": {name: context.get_property(name) for name in list(context.properties)},
        "missing": context.get_property("no such key"),  # which is there from then on, as in Alink
        "files": sorted(name for name in os.listdir(config.work_dir) if name != "__pycache__"),
        "name": __name__,
        "tf_config": os.environ["TF_CONFIG"],
    }
    with open(os.path.join(out, role + ".new"), "w") as file:
        json.dump(seen, file)
    os.rename(os.path.join(out, role + ".new"), os.path.join(out, role + ".json"))
    # Parameter servers are stopped when the workers have ended, but shall have seen too.
    for index in range(len(config.cluster.get("ps", []))):
        while not os.path.exists(os.path.join(out, "ps_%d.json" % index)):
            time.sleep(0.01)
