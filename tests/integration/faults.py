"""The fault matrix: what a task may do wrong (testdata/workers/fault.py), which task, when, and what has to come of it."""

import dataclasses
import json
import os
import signal
import time
import typing

import support

ROLES = {
    "only worker": ("chief:0", {}),
    "last of four": ("worker:2", {"numWorkers": 4}),
    "PS": ("ps:0", {"numPSs": 1}),
    "evaluator": ("evaluator:0", {"numEvaluators": 1}),
}
MOMENTS = ("before", "mid", "last", "exit")
FORMS = {"stream": "TensorFlow2StreamOp", "batch": "TensorFlow2BatchOp"}
ANY = "*"

ROWS = 2000
SOME_ROWS = 20  # are read by the moment "mid"
TEXT = "x" * 2000  # of each row: a share does not fit into the pipes
SLOWER = float(os.environ.get("ALINKTF_SLOWER", "5"))
GRACE, STALL, LOOK = 1.0, 2.0, 2.5  # seconds: gracePeriod, stallTimeout, and what a dump of stacks takes at most


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What comes of a fault. A job that fails names the bad task, and no other, in its error."""

    status: int = 0
    texts: "tuple[str, ...]" = ()  # on stderr
    ends: "int | None" = 0  # the bad task's exit status, or -N for a signal; None: by our doing
    seconds: float = GRACE + 1.0  # from the fault to the end of a job that fails


OK = Outcome()
STOPPED = Outcome(ends=None)
NOT_REACHED = "a PS is stopped when the workers have ended: no code of its script runs then"
IDLE_END = Outcome(0, ("ended before the workers, with exit status 0",))


def dies(ends: int, text: str) -> Outcome:
    return Outcome(5, (text,), ends)


def raises(text: str, ends: int = 1) -> Outcome:
    return Outcome(5, ("script failed (main): " + text,), ends)


def raises_at_exit(text: str, ends: int = 1) -> Outcome:
    return Outcome(5, ("script failed (exit): " + text,), ends)


def warned(ends: int, text: str) -> Outcome:
    return Outcome(0, ("evaluator:0 failed after the workers had ended: " + text,), ends)


# By (role, moment), the most special first.
FAULTS: "dict[str, dict[tuple[str, str], Outcome | str]]" = {
    "exit_3": {
        (ANY, ANY): raises("SystemExit: 3", 3),
        (ANY, "exit"): raises_at_exit("SystemExit: 3", 3),
        ("evaluator", "exit"): warned(3, "SystemExit: 3"),
    },
    "os_exit": {
        (ANY, ANY): dies(7, "exit status 7"),
        ("evaluator", "exit"): warned(7, "exit status 7"),
    },
    "exception": {
        (ANY, ANY): raises("ValueError: no luck"),
        (ANY, "exit"): raises_at_exit("ValueError: no luck"),
        ("evaluator", "exit"): warned(1, "ValueError: no luck"),
    },
    "exception_in_a_thread": {
        (ANY, ANY): raises("ValueError: no luck"),
        (ANY, "exit"): raises_at_exit("ValueError: no luck"),
        ("evaluator", "exit"): warned(1, "ValueError: no luck"),
    },
    "killed": {
        (ANY, ANY): dies(-9, "killed by signal 9 (SIGKILL)"),
        ("evaluator", "exit"): warned(-9, "killed by signal 9 (SIGKILL)"),
    },
    "crash": {
        (ANY, ANY): dies(-11, "killed by signal 11 (SIGSEGV)"),
        ("evaluator", "exit"): warned(-11, "killed by signal 11 (SIGSEGV)"),
    },
    "stopped": {
        (ANY, ANY): Outcome(7, ("nothing has happened for 2 s (stallTimeout)", "{who}] "), None, STALL + LOOK + GRACE + 1),
        ("evaluator", "exit"): STOPPED,
    },
    "out_of_memory": {
        (ANY, ANY): raises("MemoryError"),
        (ANY, "exit"): raises_at_exit("MemoryError"),
        ("evaluator", "exit"): warned(1, "MemoryError"),
    },
    "never_reads": {(ANY, ANY): OK},
    "never_writes": {(ANY, ANY): OK},
    "garbage": {
        (ANY, ANY): Outcome(5, ("the results are not chunks",), None),
        ("evaluator", "exit"): dataclasses.replace(warned(0, "the results are not chunks"), ends=None),
    },
    "half_a_chunk": {
        (ANY, ANY): dies(0, "exit status 0 before main had returned"),
        ("PS", ANY): IDLE_END,
        ("evaluator", ANY): IDLE_END,
        (ANY, "exit"): OK,
    },
    "too_long_a_record": {
        (ANY, ANY): raises("ValueError: a record of 1073741825 bytes; at most 1073741824 (1 GiB)"),
        (ANY, "exit"): raises_at_exit("ValueError: a record of 1073741825 bytes"),
        ("evaluator", "exit"): warned(1, "ValueError: a record of 1073741825 bytes"),
    },
    "closed_output": {
        (ANY, ANY): Outcome(5, ("closed its results before their end",), None),
        (ANY, "exit"): OK,
    },
    "children_that_hold_the_pipes": {(ANY, ANY): OK},
    "setsid_children": {(ANY, ANY): OK},
    "prints_much": {(ANY, ANY): OK},
    "prints_binary": {(ANY, ANY): OK},
    "ignores_term": {  # workers: the job is asked to stop by SIGTERM
        (ANY, ANY): Outcome(-signal.SIGTERM, ("stopped by SIGTERM",), None),
        ("PS", ANY): STOPPED,
        ("evaluator", ANY): STOPPED,
    },
    "exit_0_early": {(ANY, ANY): OK},
}


@dataclasses.dataclass(frozen=True)
class Cell:
    fault: str
    role: str
    moment: str
    form: str

    def __str__(self) -> str:
        return f"{self.fault} in the {self.role} at {self.moment}, {self.form}"

    @property
    def outcome(self) -> "Outcome | str":
        """A text says why there is none."""
        if (self.role, self.moment) == ("PS", "exit"):
            return NOT_REACHED
        table = FAULTS[self.fault]
        places = ((self.role, self.moment), (ANY, self.moment), (self.role, ANY), (ANY, ANY))
        found = next(table[place] for place in places if place in table)
        if self.role == "PS" and found.status == 0 and found.ends == 0 and found is not IDLE_END:
            return STOPPED
        return found

    @property
    def has_rows(self) -> bool:
        return self.role in ("only worker", "last of four")


def all_cells() -> "list[Cell]":
    cells = [Cell(*each) for each in ((f, r, m, k) for k in FORMS for f in FAULTS for r in ROLES for m in MOMENTS)]
    return [cell for cell in cells if isinstance(cell.outcome, Outcome)]


def some_cells() -> "list[Cell]":
    """A diagonal: every fault once in each form, every pair of role and moment, most of them with two faults."""
    cells = []
    for number, fault in enumerate(FAULTS):
        for shift, form in enumerate(FORMS):
            role = list(ROLES)[(number + 2 * shift) % 4]
            moment = MOMENTS[(number + number // 4 + shift) % 4]
            cells.append(Cell(fault, role, "last" if (role, moment) == ("PS", "exit") else moment, form))
    return cells


class Run:
    """One cell's job in a directory of its own. `problems`: what is not as it has to be."""

    def __init__(self, cell: Cell, megabytes: int):
        self.cell = cell
        self.who, keys = ROLES[cell.role]
        self.problems: "list[str]" = []
        self.late = 0.0  # how long after the fault a job that fails was over, in seconds
        self.work = support.Workdir()
        os.mkdir(self.work.file("seen"))
        params = {
            "fault": cell.fault,
            "who": self.who,
            "moment": cell.moment,
            "out": self.work.file("seen"),
            "megabytes": str(megabytes),
        }
        patience = "1m"
        if cell.outcome.ends is None:  # the evaluator is waited for: as long as its fault needs to come
            patience = "3s" if cell.moment == "exit" else "300ms"
        self.work.write_job(
            component=FORMS[cell.form],
            mainScriptFile=support.script("fault"),
            userFiles=[support.script("stream_records")],
            input={"format": "csv", "filePath": os.environ["ALINKTF_FAULT_ROWS"], "schemaStr": "id long, text string"},
            userParams=params,
            gracePeriod="1s",
            stallTimeout="2s",
            evaluatorTimeout=patience,
            **keys,
        )

    def go(self) -> None:
        job = self.work.start("run", "job.json", "--report", "report.json", "--log-dir", "logs")
        began = None
        if self.cell.outcome.status < 0:
            support.wait_until(lambda: self.work.exists("seen/ready") or job.process.poll() is not None)
            began = time.monotonic()
            support.kill(job.front, -self.cell.outcome.status)
        self.ended = job.wait()
        now = time.monotonic()
        if not self.work.exists("seen/fault"):
            self.problems.append("the fault did not happen")
            return
        self.pid, at = self.work.read_file("seen/fault").split()
        self.late = now - (began or float(at))
        self.judge()

    def expect(self, found, expected, what: str) -> None:
        if found != expected:
            self.problems.append(f"{what}: found {found}, expected {expected}")

    def judge(self) -> None:
        outcome, ended = self.cell.outcome, self.ended
        self.expect(ended.status, outcome.status, "status")
        for text in outcome.texts:
            if text.format(who=self.who) not in ended.err:
                self.problems.append(f"not told: {text}")
        self.expect(self.work.survivors(), [], "processes that are left")
        self.expect(self.work.work_dirs(), [], "work dirs that are left")
        self.report = json.loads(self.work.read_file("report.json"))
        self.expect(self.report["exit_status"], max(outcome.status, 1) if outcome.status else 0, "exit status in the report")
        self.judge_bad_task()
        if ended.status == 0:
            self.judge_rows()
        else:
            self.judge_failure()

    def judge_bad_task(self) -> None:
        task = next(task for task in self.report["tasks"] if task["task"] == self.who)
        self.expect(task["pid"], int(self.pid), "pid in the report")
        outcome = self.cell.outcome
        if outcome.ends is None:
            self.expect(task["stopped_by_us"], True, "stopped by us")
            return
        if self.late > GRACE and task["stopped_by_us"] and outcome.status:
            return  # the machine is too busy to end a process within the grace period
        self.expect(task["stopped_by_us"], False, "stopped by us")
        ends = -task["signal"] if task["signal"] else task["exit_status"]
        self.expect(ends, outcome.ends, "end of the task in the report")
        if self.cell.fault == "prints_binary":
            log = support.read(self.work.file(f"logs/{self.who.replace(':', '-')}.log"))
            # A line of the other stream may come before the last one, which has no end.
            if log.count(bytes(range(256))) < 1023 or b"no end of line \xff\xfe\n" not in log:
                self.problems.append("what it printed is not in its log as it was")

    def judge_failure(self) -> None:
        outcome = self.cell.outcome
        if self.late > outcome.seconds * SLOWER:
            self.problems.append(f"over {self.late:.1f} s after the fault, expected {outcome.seconds} s")
        self.expect(self.work.exists("out.csv"), False, "an output")
        self.expect(self.cell.form == "batch" and self.work.exists("out.csv.partial"), False, "part of an output")
        error = self.report["error"]
        for task in self.report["tasks"]:
            named = f"{task['task']} (pid {task['pid']}): " in error
            self.expect(named, task["task"] == self.who and outcome.status == 5, f"{task['task']} as the cause")
        rows = self.report["rows"]
        for name in ("read", "sent", "received", "written", "collected"):
            if not 0 <= rows[name] <= ROWS:
                self.problems.append(f"rows {name} in the report: {rows[name]}")

    def judge_rows(self) -> None:
        rows, written = self.report["rows"], self.written_rows()
        self.expect(rows["read"] + rows["repeated"], rows["sent"] + rows["dropped"], "rows sent")
        self.expect(rows["received"] + rows["unread"], rows["sent"], "rows received and unread")
        if self.cell.role != "only worker" or self.cell.form == "batch":  # who alone reads may end the input, too
            self.expect(rows["read"], ROWS, "rows read")
        self.expect(rows["collected"], len(written), "rows collected")
        self.expect(sorted(map(int, self.work.read_file("out.csv").split())), written, "rows in the output")

    def written_rows(self) -> "list[int]":
        """The ids that have to be in the output of a job that succeeds."""
        cell = self.cell
        if not cell.has_rows:
            return list(range(ROWS))
        workers = 4 if cell.role == "last of four" else 1
        share = range(workers - 1, ROWS, workers)
        others = set(range(ROWS)) - set(share)
        cut = cell.fault in ("never_reads", "never_writes", "exit_0_early")
        most = {"before": 0, "mid": SOME_ROWS}.get(cell.moment, ROWS) if cut else ROWS
        return sorted(others | set(share[:most]))


def write_rows(path: str) -> None:
    with open(path, "w") as file:
        file.writelines(f"{number},{TEXT}\n" for number in range(ROWS))


def run(cell: Cell, megabytes: int, tell: "typing.Callable[[Cell, Run], None]") -> None:
    """Run the cell's job; `tell` gets it while its directory is there."""
    job = Run(cell, megabytes)
    try:
        job.go()
        tell(cell, job)
    finally:
        job.work.remove()
