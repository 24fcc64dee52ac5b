"""The context that Alink hands to scripts. Importing this imports no TensorFlow."""


class Properties(dict):
    """The job's properties; a missing key reads as "" and is there from then on, as in Alink's protobuf map."""

    def __missing__(self, key):
        self[key] = ""
        return ""


class Context:
    """Which task this is, in Alink's counting: the chief is worker 0.

    Attributes:
        mode: always "TRAIN".
        roleName: "worker", "ps" or "evaluator".
        index: from 0, within roleName.
        roleParallelism: number of tasks per role.
        properties: see `Properties`.
        identity: roleName:index.
        context_pb, channel, stub and the four queue attributes belong to Alink's Java side and are empty.
    """

    def __init__(self, task):
        """`task` is the runner's message of this type; None gives an empty context, for tests of scripts."""
        task = task or {}
        role = task.get("role", "worker")
        self.mode = "TRAIN"
        self.roleName = "worker" if role == "chief" else role
        self.index = task.get("task_number", 0) if self.roleName == "worker" else task.get("index", 0)
        self.roleParallelism = {"worker": task.get("num_workers", 1), "ps": task.get("num_pss", 0)}
        self.properties = Properties(task.get("properties", {}))
        self.identity = "%s:%d" % (self.roleName, self.index)
        self.userScript = task.get("main_script", "")
        self.funcName = "entry_func"
        self.failNum = task.get("attempt", 0)
        self._cluster = task.get("cluster", {})
        self._tf_config = task.get("tf_config", "")
        self._tf_task = (role, task.get("index", 0))
        self._dataset_file = task.get("work_dir", ".") + "/dataset.tfrecords"
        self.context_pb = self.channel = self.stub = None
        self.inQueueName = self.outQueueName = ""
        self.inQueueMMapLen = self.outQueueMMapLen = 0

    def get_property(self, key):
        return self.properties[key]

    def get_role_parallelism_map(self):
        return self.roleParallelism

    def get_index(self):
        return self.index

    def get_role_name(self):
        return self.roleName

    def get_failed_num(self):
        return self.failNum

    def get_context_proto(self):
        return self.context_pb

    def from_java(self):
        """Where the task's rows can be read: the path of a TFRecord file (in Alink a queue)."""
        return self._dataset_file

    def to_java(self):
        """The address of the task's results for `flink_ml_framework.java_file` and `tensorflow_on_flink_ops`."""
        from flink_ml_framework.java_file import RESULTS
        return RESULTS

    def get_finish_workers(self):
        """Alink has nobody who answers this: always empty."""
        return []

    def stop_job(self):
        """Alink has nobody who listens to this: does nothing."""
