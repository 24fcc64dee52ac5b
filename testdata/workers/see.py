"""Leave what each role has seen in the folder `out` of the user parameters."""

import json
import os
import shutil
import time


def text(value):
    kind = type(value).__module__ + "." + type(value).__name__
    if isinstance(value, dict):
        return {"type": kind, "value": {name: text(each) for name, each in value.items()}}
    if isinstance(value, list):
        return {"type": kind, "value": [text(each) for each in value]}
    plain = value is None or isinstance(value, (str, int))
    return {"type": kind, "value": value} if plain else {"type": kind}


def side_files(work_dir):
    return sorted(name for name in os.listdir(work_dir) if name.startswith(("tensor_", "bc_data_")))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(config):
    role = os.path.join(config.user_params["out"], "%s_%d" % (config.task_type, config.task_index))
    shutil.copy(config.dataset_file, role + ".tfrecords")
    with open(role + ".tf_config", "w") as file:
        file.write(os.environ["TF_CONFIG"])
    with open(role + ".new", "w") as file:
        json.dump(
            {
                "config": {name: text(value) for name, value in config.__dict__.items()},
                "config_class": "%s.%s" % (type(config).__module__, type(config).__name__),
                "cwd": os.getcwd(),
                "files": sorted(os.listdir(config.work_dir)),
                "name": __name__,
                "texts": {name: read(os.path.join(config.work_dir, name)) for name in side_files(config.work_dir)},
            },
            file,
        )
    os.rename(role + ".new", role + ".json")
    # Parameter servers are stopped when the workers have ended, but shall have seen too.
    for index in range(len(config.cluster.get("ps", []))):
        while not os.path.exists(os.path.join(config.user_params["out"], "ps_%d.json" % index)):
            time.sleep(0.01)
    if config.user_params.get("write"):
        config.output_writer.write({"role": config.task_type, "rows": config.dataset_length})
