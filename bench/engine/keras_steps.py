"""Times Keras's fit on one case, by default and tuned, and prints what our engine needs to run the same.

Usage: keras_steps.py CASE_JSON. Prints one JSON object: definition, compile, default and tuned microseconds a step, and the
seconds from the start of the process to the end of the first step.
"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers

EPOCHS = 3
TUNINGS = [(steps, jit) for steps in (1, 50, 200) for jit in (False, True)]


def mlp(hidden):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(hidden, activation="relu"), layers.Dense(1)])
    return model, {"optimizer": "adam", "loss": "mean_squared_error"}, [8], 1


def wide_and_deep(hidden):
    wide, deep = keras.Input((5,), name="wide"), keras.Input((6,), name="deep")
    x = layers.Dense(hidden, activation="relu")(deep)
    x = layers.Dense(hidden, activation="relu")(x)
    output = layers.Dense(1, name="output")(layers.Concatenate()([wide, x]))
    model = keras.Model([wide, deep], [output, layers.Dense(1, name="aux")(x)])
    compile = {
        "optimizer": "adam",
        "loss": {"output": "mean_squared_error", "aux": "mean_squared_error"},
        "loss_weights": {"output": 0.9, "aux": 0.1},
        "metrics": {"output": ["mae"], "aux": ["mae"]},
    }
    return model, compile, [5, 6], 2


class Epochs(keras.callbacks.Callback):
    """Seconds of each epoch, and when the first batch ended."""

    def __init__(self):
        super().__init__()
        self.seconds = []
        self.first_batch = None

    def on_epoch_begin(self, epoch, logs=None):
        self.begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.first_batch = self.first_batch or time.time()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.begun)


def fit(case, steps_per_execution, jit_compile, epochs=EPOCHS):
    model, compile, widths, outputs = {"mlp": mlp, "wide_and_deep": wide_and_deep}[case["model"]](case["hidden"])
    model.compile(**compile, steps_per_execution=steps_per_execution, jit_compile=jit_compile)
    rows = case["steps"] * case["batch_size"]
    rng = np.random.default_rng(0)
    x = [rng.standard_normal((rows, width), "float32") for width in widths]
    y = [rng.standard_normal((rows, 1), "float32") for _ in range(outputs)]
    timer = Epochs()
    one = lambda parts: parts[0] if len(parts) == 1 else parts
    # One epoch more: the first compiles.
    model.fit(one(x), one(y), batch_size=case["batch_size"], epochs=epochs + 1, verbose=0, callbacks=[timer])
    microseconds = min(timer.seconds[1:]) / case["steps"] * 1e6 if epochs else None
    return model, compile, microseconds, timer.first_batch


def process_started():
    with open("/proc/self/stat") as stat:
        ticks = int(stat.read().rsplit(")", 1)[1].split()[19])
    with open("/proc/stat") as stat:
        booted = next(int(line.split()[1]) for line in stat if line.startswith("btime"))
    return booted + ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    case = json.loads(sys.argv[1])
    model, compile, default, first_batch = fit(case, 1, "auto")
    tuned = {f"steps_per_execution={steps}, jit_compile={jit}": fit(case, steps, jit)[2] for steps, jit in TUNINGS}
    print(
        json.dumps(
            {
                "definition": json.loads(model.to_json()),
                "compile": compile,
                "default_us": default,
                "tuned_us": min(tuned.values()),
                "tuned_by": min(tuned, key=tuned.get),
                "all_us": tuned,
                "first_step_seconds": first_batch - process_started(),
            }
        )
    )
