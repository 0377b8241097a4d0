"""Trains the models of the gallery for a moment and saves them with real Keras.

    python write_files.py keras_3 FOLDER < gallery.json

The gallery is {name: definition}. One JSON object is printed: for each model the SHA-256 of its variables and of its optimizer's.
"""

import contextlib
import hashlib
import io
import json
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="")

if sys.argv[1] == "keras_3":
    import keras as K
else:
    import tf_keras as K
import numpy as np

FOLDER = sys.argv[2]


def digest(variable):
    value = np.asarray(variable.numpy())
    value = value.astype("int32" if value.dtype.kind == "i" else "float32")
    return hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()


def inputs_for(model):
    generator = np.random.default_rng(0)
    arrays = {}
    for tensor, layer in zip(model.inputs, model.input_names if hasattr(model, "input_names") else [t.name for t in model.inputs]):
        shape = [8] + [7 if size is None else size for size in tensor.shape[1:]]
        integer = "int" in str(tensor.dtype)
        arrays[layer] = generator.integers(0, 4, shape).astype("int32") if integer else generator.normal(size=shape).astype("float32")
    if isinstance(getattr(model, "input", None), dict):
        return arrays
    values = list(arrays.values())
    return values if len(values) > 1 else values[0]


def zeros(outputs):
    if isinstance(outputs, dict):
        return {key: np.zeros_like(value) for key, value in outputs.items()}
    if isinstance(outputs, (list, tuple)):
        return [np.zeros_like(value) for value in outputs]
    return np.zeros_like(outputs)


def save(name, definition):
    model = K.models.model_from_json(json.dumps(definition))
    model.compile(optimizer=K.optimizers.Adam(0.0625), loss="mse", run_eagerly=True)
    inputs = inputs_for(model)
    model.fit(inputs, zeros(model(inputs, training=False)), batch_size=4, verbose=0)
    for extension in (".keras", ".weights.h5", ".h5"):
        path = os.path.join(FOLDER, name + extension)
        model.save_weights(path) if extension == ".weights.h5" else model.save(path)
    variables = model.optimizer.variables
    return {
        "weights": [digest(v) for layer in model.layers for v in layer.weights],
        "optimizer": [digest(v) for v in (variables() if callable(variables) else variables)],
    }


with contextlib.redirect_stdout(io.StringIO()):
    saved = {name: save(name, definition) for name, definition in json.load(sys.stdin).items()}
print(json.dumps(saved))
