"""Loads files of models with real Keras and tells what is in them.

    python read_files.py keras_3 < manifest.json

The manifest is a list of {"name", "path", "format", "definition", "compile"}. One JSON list is printed: for each file the variables
of the model and of the optimizer, as SHA-256 of their float32 or int64 bytes, and what the model predicts.
"""

import contextlib
import hashlib
import io
import json
import os
import sys
import warnings

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="")

if sys.argv[1] == "keras_3":
    import keras as K
else:
    import tf_keras as K
import numpy as np

K3 = sys.argv[1] == "keras_3"


def digest(variable):
    value = np.asarray(variable.numpy())
    return {"shape": list(value.shape), "dtype": str(value.dtype), "sha256": hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()}


def model_variables(model):
    return [digest(v) for layer in model.layers for v in layer.weights]


def optimizer_variables(model):
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return None
    variables = optimizer.variables
    return [digest(v) for v in (variables() if callable(variables) else variables)]


def sample_inputs(model):
    generator = np.random.default_rng(0)
    arrays = []
    for tensor in model.inputs:
        shape = [3] + [7 if size is None else size for size in tensor.shape[1:]]
        integer = "int" in str(tensor.dtype)
        arrays.append(generator.integers(0, 4, shape).astype("int32") if integer else generator.normal(size=shape).astype("float32"))
    if isinstance(getattr(model, "input", None), dict) or isinstance(getattr(model, "_nested_inputs", None), dict):
        names = model.input_names if hasattr(model, "input_names") else [t.name for t in model.inputs]
        return dict(zip(names, arrays))
    return arrays if len(arrays) > 1 else arrays[0]


def targets_like(outputs):
    if isinstance(outputs, dict):
        return {key: np.zeros_like(value) for key, value in outputs.items()}
    if isinstance(outputs, (list, tuple)):
        return [np.zeros_like(value) for value in outputs]
    return np.zeros_like(outputs)


def flat(outputs):
    if isinstance(outputs, dict):
        return [outputs[key] for key in sorted(outputs)]
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def load(entry):
    if entry["format"] in ("h5", "keras"):
        return K.models.load_model(entry["path"])
    model = K.models.model_from_json(json.dumps(entry["definition"]))
    if entry["compile"] is not None:
        described = entry["compile"]["optimizer"]
        optimizer = getattr(K.optimizers, described["class_name"])(**described["config"])
        model.compile(optimizer=optimizer, loss=entry["compile"]["loss"])
        optimizer.build(model.trainable_variables)
    model.load_weights(entry["path"])
    return model


def describe(entry):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = load(entry)
        told = [str(w.message) for w in caught]
    given = [np.asarray(value, "float32") for value in entry.get("inputs") or []]
    inputs = (given if len(given) > 1 else given[0]) if given else sample_inputs(model)
    # Op by op: tracing each model would take most of the time.
    outputs = model(inputs, training=False)
    described = {
        "name": entry["name"],
        "variables": model_variables(model),
        "optimizer": optimizer_variables(model),
        "optimizer_config": None,
        "learning_rate": None,
        "predictions": [np.asarray(value, "float64").ravel().tolist() for value in flat(outputs)],
        "warnings": [text for text in told if "optimizer" in text or "weight" in text.lower()],
        "trains": None,
        "logs": None,
    }
    if getattr(model, "optimizer", None) is not None:
        config = model.optimizer.get_config()
        described["optimizer_config"] = {"class_name": type(model.optimizer).__name__, **{k: v for k, v in config.items() if not callable(v)}}
        rate = model.optimizer.learning_rate
        described["learning_rate"] = None if callable(rate) else float(np.asarray(rate.numpy()))
        model.run_eagerly = True
        history = model.fit(inputs, targets_like(outputs), verbose=0)
        described["trains"] = all(np.isfinite(history.history["loss"]))
        described["logs"] = sorted(history.history)
    return described


with contextlib.redirect_stdout(io.StringIO()):
    described = [describe(entry) for entry in json.load(sys.stdin)]
print(json.dumps(described, default=float))
