"""Runs parity cases through real Keras and prints what it computed, as JSON lines.

usage: keras_fixtures.py KIND CASES.json     (KIND: layers, losses, metrics, optimizers, schedules, activations)
"""

import base64
import json
import os
import sys
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import tensorflow as tf
from keras.src.saving import saving_lib
from keras.src.utils.naming import to_snake_case


def encode(value):
    array = np.asarray(value)
    if array.dtype == np.bool_:
        kind, array = "bool", array.astype(np.uint8)
    elif np.issubdtype(array.dtype, np.integer):
        kind, array = "int32", array.astype(np.int32)
    else:
        kind, array = "float32", array.astype(np.float32)
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"shape": list(array.shape), "dtype": kind, "data": data}


def generator(case):
    return np.random.default_rng(zlib.crc32(case["name"].encode()))


def draw(rng, spec):
    """A tensor of a case: {shape, kind, low, high}."""
    kind = spec.get("kind", "normal")
    if "values" in spec:
        return np.array(spec["values"], dtype=spec.get("dtype", "float32"))
    shape = spec["shape"]
    if kind == "normal":
        return (rng.standard_normal(shape) * spec.get("scale", 1)).astype("float32")
    if kind == "uniform":
        return rng.uniform(spec.get("low", 0), spec.get("high", 1), shape).astype("float32")
    if kind == "integer":
        return rng.integers(spec.get("low", 0), spec["high"], shape).astype("int32")
    if kind == "integer as float":
        return rng.integers(spec.get("low", 0), spec["high"], shape).astype("float32")
    if kind == "probabilities":
        x = rng.uniform(0.05, 1, shape)
        return (x / x.sum(-1, keepdims=True)).astype("float32")
    if kind == "one hot":
        return np.eye(shape[-1], dtype="float32")[rng.integers(0, shape[-1], shape[:-1])]
    if kind == "mask":
        mask = rng.uniform(0, 1, shape) < 0.7
        mask[:, 0] = True
        return mask
    if kind == "right padded mask":
        lengths = rng.integers(1, shape[1] + 1, shape[0])
        return np.arange(shape[1])[None] < lengths[:, None]
    raise ValueError(kind)


def set_random_weights(layer, rng):
    for weight in layer.weights:
        name = weight.path.split("/")[-1]
        if "variance" in name:
            value = rng.uniform(0.5, 1.5, weight.shape)
        elif name == "count":
            value = np.array(7)
        elif name == "gamma":
            value = 1 + 0.3 * rng.standard_normal(weight.shape)
        else:
            value = 0.4 * rng.standard_normal(weight.shape)
        weight.assign(value.astype(weight.dtype))


def flatten(outputs):
    return [each for each in keras.tree.flatten(outputs) if each is not None]


def weight_paths(layer, outer="", seen=None):
    """Names of weights below the attributes in which Keras's files keep the layers that own them."""
    seen = set() if seen is None else seen
    seen.add(id(layer))
    paths = {id(v): outer + v.name for v in layer._trainable_variables + layer._non_trainable_variables}
    for attribute, child in saving_lib._walk_saveable(layer):
        children = child if isinstance(child, (list, tuple)) else [child]
        used = {}
        for each in children:
            if not isinstance(each, keras.layers.Layer):
                continue
            name = attribute
            if isinstance(child, (list, tuple)):
                stem = to_snake_case(type(each).__name__)
                name += "/" + (f"{stem}_{used[stem]}" if stem in used else stem)
                used[stem] = used.get(stem, 0) + 1
            if id(each) not in seen:
                paths = {**weight_paths(each, f"{outer}{name}/", seen), **paths}
    return paths


# Arguments that are lists of tensors, however many there are.
LISTS = ("initial_state", "states")


def layer_case(case):
    rng = generator(case)
    layer = getattr(keras.layers, case["class_name"]).from_config(dict(case["config"]))
    specs = case["inputs"]
    arrays = [draw(rng, spec) for spec in specs]
    keyword_arrays = {key: [draw(rng, s) for s in value] for key, value in case.get("keyword_inputs", {}).items()}
    arguments = dict(case.get("arguments", {}))

    def symbolic(array, spec):
        return keras.Input(batch_shape=(None, *array.shape[1:]), dtype=str(array.dtype))

    one = len(arrays) == 1 and not case.get("list_input")
    spread = case.get("call") == "positional"
    symbols = [symbolic(a, s) for a, s in zip(arrays, specs)]
    keyword_symbols = {
        key: [symbolic(a, None) for a in value] if key in LISTS else symbolic(value[0], None)
        for key, value in keyword_arrays.items()
    }
    if "adapt" in case:
        layer.adapt(draw(rng, case["adapt"]))
    if spread:
        symbolic_outputs = layer(*symbols, **keyword_symbols, **arguments)
    else:
        symbolic_outputs = layer(symbols[0] if one else symbols, **keyword_symbols, **arguments)
    symbolic_shapes = [list(o.shape) for o in flatten(symbolic_outputs)]
    if "adapt" not in case:
        set_random_weights(layer, rng)
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()

    tensors = [tf.constant(a) for a in arrays]
    keyword_tensors = {key: [tf.constant(a) for a in value] for key, value in keyword_arrays.items()}
    masks = [draw(rng, s["mask"]) if "mask" in s else None for s in specs]
    for tensor, mask in zip(tensors, masks):
        if mask is not None:
            tensor._keras_mask = tf.constant(mask)
    before = [encode(w.numpy()) for w in layer.weights]
    watched = [t for t in tensors if t.dtype.is_floating]
    # Layers of images count as in training unless told otherwise.
    training = {"training": bool(case.get("training"))} if layer._call_has_training_arg else {}
    keywords = {key: value if key in LISTS else value[0] for key, value in keyword_tensors.items()}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(watched)
        if spread:
            outputs = layer(*tensors, **keywords, **training, **arguments)
        else:
            outputs = layer(tensors[0] if one else tensors, **keywords, **training, **arguments)
        outputs = flatten(outputs)
        cotangents = [
            rng.standard_normal(o.shape).astype("float32") if o.dtype.is_floating else None for o in outputs
        ]
        total = tf.add_n(
            [tf.reduce_sum(o * c) for o, c in zip(outputs, cotangents) if c is not None]
            + [tf.cast(l, "float32") for l in layer.losses]
            + [tf.constant(0.0)]
        )
    trainable = {id(w) for w in layer.trainable_weights}

    def gradient(source):
        value = tape.gradient(total, source)
        return None if value is None else encode(tf.convert_to_tensor(value).numpy())

    paths = weight_paths(layer)
    return {
        "config": json.loads(json.dumps(layer.get_config(), default=lambda o: o.tolist() if hasattr(o, "tolist") else str(o))),
        "inputs": [encode(a) for a in arrays],
        "keywordInputs": {key: [encode(a) for a in value] for key, value in keyword_arrays.items()},
        "masks": [None if m is None else encode(m) for m in masks],
        "weights": [
            {
                "path": paths[id(w)],
                "trainable": id(w) in trainable,
                "value": b,
                "after": encode(w.numpy()),
                "gradient": gradient(w.value) if id(w) in trainable else None,
            }
            for w, b in zip(layer.weights, before)
        ],
        "outputs": [encode(o.numpy()) for o in outputs],
        "outputMasks": [
            None if getattr(o, "_keras_mask", None) is None else encode(o._keras_mask.numpy()) for o in outputs
        ],
        "symbolicShapes": symbolic_shapes,
        "cotangents": [None if c is None else encode(c) for c in cotangents],
        "inputGradients": [gradient(t) if t.dtype.is_floating else None for t in tensors],
        "total": float(total.numpy()),
    }


def loss_case(case):
    rng = generator(case)
    y_true, y_pred = draw(rng, case["y_true"]), draw(rng, case["y_pred"])
    weight = draw(rng, case["sample_weight"]) if "sample_weight" in case else None
    mask = draw(rng, case["mask"]) if "mask" in case else None
    loss = getattr(keras.losses, case["class_name"])(**case["config"])
    source = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(source)
        predicted = {"softmax": keras.activations.softmax, "sigmoid": keras.activations.sigmoid}.get(
            case.get("activation"), tf.identity
        )(source)
        if mask is not None:
            predicted._keras_mask = tf.constant(mask)
        value = loss(y_true, predicted, sample_weight=weight)
        scalar = tf.reduce_sum(value)
    return {
        "config": loss.get_config(),
        "yTrue": encode(y_true),
        "yPred": encode(y_pred),
        "sampleWeight": None if weight is None else encode(weight),
        "mask": None if mask is None else encode(mask),
        "value": encode(value.numpy()),
        "gradient": encode(tape.gradient(scalar, source).numpy()),
    }


def metric_case(case):
    rng = generator(case)
    metric = getattr(keras.metrics, case["class_name"])(**case["config"])
    batches, results = [], []
    for _ in range(3):
        y_true, y_pred = draw(rng, case["y_true"]), draw(rng, case["y_pred"])
        weight = draw(rng, case["sample_weight"]) if "sample_weight" in case else None
        mask = draw(rng, case["mask"]) if "mask" in case else None
        predicted = tf.constant(y_pred)
        if mask is not None:
            predicted._keras_mask = tf.constant(mask)
        metric.update_state(y_true, predicted, sample_weight=weight)
        batches.append(
            {
                "yTrue": encode(y_true),
                "yPred": encode(y_pred),
                "sampleWeight": None if weight is None else encode(weight),
                "mask": None if mask is None else encode(mask),
            }
        )
        results.append(encode(np.asarray(metric.result())))
    return {
        "config": json.loads(json.dumps(metric.get_config(), default=lambda o: np.asarray(o).tolist())),
        "batches": batches,
        "results": results,
        "variables": [encode(v.numpy()) for v in metric.variables],
    }


def optimizer_case(case):
    rng = generator(case)
    optimizer = getattr(keras.optimizers, case["class_name"]).from_config(dict(case["config"]))
    shapes = case.get("shapes", [[3, 4], [4], [4, 2]])
    values = [rng.standard_normal(s).astype("float32") for s in shapes]
    constraints = case.get("constraints", [None] * len(shapes))
    variables = [
        keras.Variable(v, name=f"w{i}") for i, v in enumerate(values)
    ]
    for variable, constraint in zip(variables, constraints):
        variable.constraint = keras.constraints.get(constraint)
    optimizer.build(variables)
    steps = []
    for _ in range(case.get("steps", 6)):
        gradients = [(rng.standard_normal(s) * case.get("scale", 1)).astype("float32") for s in shapes]
        rate = float(np.asarray(optimizer.learning_rate))
        optimizer.apply([tf.constant(g) for g in gradients], variables)
        steps.append(
            {
                "gradients": [encode(g) for g in gradients],
                "learningRate": rate,
                "weights": [encode(v.numpy()) for v in variables],
            }
        )
    slots = [encode(v.numpy()) for v in optimizer.variables]
    names = [v.name for v in optimizer.variables]
    optimizer.finalize_variable_values(variables)
    return {
        "config": json.loads(json.dumps(optimizer.get_config())),
        "initial": [encode(v) for v in values],
        "steps": steps,
        "variables": slots,
        "variableNames": names,
        "finalized": [encode(v.numpy()) for v in variables],
    }


def schedule_case(case):
    schedule = keras.optimizers.schedules.deserialize(
        {"class_name": case["class_name"], "config": case["config"]}
    )
    return {"rates": [float(np.asarray(schedule(tf.constant(step)))) for step in case["steps"]]}


def activation_case(case):
    rng = generator(case)
    source = np.concatenate(
        [rng.standard_normal((3, 6)) * 3, [[-30, -3, -1, 1, 3, 30], [-0.5, -1e-3, 0, 1e-3, 0.5, 6]]]
    ).astype("float32")
    x = tf.constant(source)
    cotangent = rng.standard_normal(keras.activations.get(case["name"])(x).shape).astype("float32")
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = keras.activations.get(case["name"])(x)
        total = tf.reduce_sum(y * cotangent)
    return {
        "input": encode(source),
        "output": encode(y.numpy()),
        "cotangent": encode(cotangent),
        "gradient": encode(tape.gradient(total, x).numpy()),
    }


def function_case(case):
    """A regularizer or constraint on a weight."""
    rng = generator(case)
    weight = draw(rng, case["weight"])
    module = {"regularizer": keras.regularizers, "constraint": keras.constraints}[case["of"]]
    function = module.deserialize({"class_name": case["class_name"], "config": case["config"]})
    x = tf.constant(weight)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
        total = tf.reduce_sum(y)
    gradient = tape.gradient(total, x)
    return {
        "config": function.get_config(),
        "weight": encode(weight),
        "value": encode(y.numpy()),
        "gradient": None if gradient is None else encode(gradient.numpy()),
    }


KINDS = {
    "layers": layer_case,
    "losses": loss_case,
    "metrics": metric_case,
    "optimizers": optimizer_case,
    "schedules": schedule_case,
    "activations": activation_case,
    "functions": function_case,
}


def main():
    kind, path = sys.argv[1:]
    with open(path) as file:
        cases = json.load(file)
    for case in cases:
        try:
            print(json.dumps(KINDS[kind](case)))
        except Exception as error:
            raise RuntimeError(f"Keras could not run the case {case['name']!r}") from error


main()
