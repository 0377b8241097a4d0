"""Trains cases with real Keras and prints what a training of ours needs to repeat them, and the history it must match.

Usage: keras_history.py CASE... Prints one JSON object, by case: definition, compile, fit, data, initial and final weights, history.
"""

import copy
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(7)


def normal(rows, width):
    return rng.standard_normal((rows, width)).astype("float32")


SLOPES = normal(8, 1)


def housing(rows):
    x = normal(rows, 8)
    return x, (x @ SLOPES + np.sin(x[:, :1]) + 0.1 * normal(rows, 1)).astype("float32")


def mlp(**dense):
    return keras.Sequential([keras.Input((8,)), layers.Dense(30, activation="relu", **dense), layers.Dense(1)])


def mlp_case(optimizer, **compile):
    x, y = housing(610)
    x_val, y_val = housing(101)
    return dict(
        model=mlp(),
        compile={"optimizer": optimizer, "loss": "mean_squared_error", "metrics": ["mae", "mse"], **compile},
        fit={"epochs": 5, "batch_size": 32},
        train=([x], [y], None),
        validation=([x_val], [y_val], None),
    )


def wide_and_deep(**compile):
    wide, deep = keras.Input((5,), name="wide"), keras.Input((6,), name="deep")
    hidden = layers.Dense(30, activation="relu", kernel_regularizer="l2")(deep)
    hidden = layers.Dense(30, activation="relu", kernel_constraint=keras.constraints.MaxNorm(1.0))(hidden)
    output = layers.Dense(1, name="output")(layers.Concatenate()([wide, hidden]))
    aux = layers.Dense(1, name="aux")(hidden)
    model = keras.Model([wide, deep], [output, aux])

    def rows(count):
        x = [normal(count, 5), normal(count, 6)]
        y = x[0][:, :1] * 2 + x[1][:, 1:2] ** 2
        return x, [y, y + 0.1 * normal(count, 1)], rng.uniform(0.2, 2, count).astype("float32")

    return dict(
        model=model,
        compile={
            "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.003, "clipnorm": 1.0}},
            "loss": {"output": "mse", "aux": "mae"},
            "loss_weights": {"output": 0.9, "aux": 0.1},
            "metrics": {"output": ["mae", "RootMeanSquaredError"], "aux": ["mse"]},
            "weighted_metrics": {"output": ["mse"]},
            **compile,
        },
        fit={"epochs": 5, "batch_size": 16},
        train=rows(300),
        validation=rows(70),
    )


def classifier():
    x = normal(500, 10)
    y = np.argmax(x @ normal(10, 4) + normal(500, 4), axis=1).astype("float32")[:, None]
    model = keras.Sequential(
        [keras.Input((10,)), layers.Dense(16, use_bias=False), layers.BatchNormalization(), layers.ReLU(), layers.Dense(4, activation="softmax")]
    )
    return dict(
        model=model,
        compile={"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
        fit={"epochs": 5, "batch_size": 32, "validation_split": 0.2, "class_weight": {"0": 1.0, "1": 4.0, "3": 0.5}},
        train=([x], [y], None),
    )


def binary():
    x = normal(333, 6)
    y = (x[:, :1] + normal(333, 1) > 0).astype("float32")
    model = keras.Sequential([keras.Input((6,)), layers.Dense(8, activation="tanh"), layers.Dense(1, activation="sigmoid")])
    return dict(
        model=model,
        compile={
            "optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}},
            "loss": "binary_crossentropy",
            "metrics": ["accuracy", "AUC", "Precision", "Recall"],
        },
        fit={"epochs": 6, "batch_size": 32, "validation_freq": 2, "validation_batch_size": 50, "steps_per_epoch": 4},
        train=([x], [y], None),
        validation=([normal(120, 6)], [(normal(120, 1) > 0).astype("float32")], None),
    )


def callbacks():
    x, y = housing(320)
    x_val, y_val = housing(64)
    return dict(
        model=mlp(kernel_initializer="he_normal"),
        compile={"optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.05}}, "loss": "mse"},
        fit={"epochs": 40, "batch_size": 32},
        callbacks=[
            {"class_name": "ReduceLROnPlateau", "config": {"factor": 0.3, "patience": 1, "min_delta": 0.01, "cooldown": 1}},
            {"class_name": "EarlyStopping", "config": {"patience": 3, "min_delta": 0.005, "restore_best_weights": True}},
        ],
        train=([x], [y], None),
        validation=([x_val], [y_val], None),
    )


def nested():
    """A layer and a model that are called twice, in a model that has one of its own outputs as an input of another."""
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    inner = keras.Sequential(
        [keras.Input((6,)), layers.Dense(8, use_bias=False), layers.BatchNormalization(momentum=0.9), layers.Activation("elu")],
        name="inner",
    )
    shared = layers.Dense(6, activation="tanh", name="shared")
    a, b = inner(shared(left)), inner(shared(right))
    output = layers.Dense(1, name="distance")(layers.Subtract()([a, b]))
    model = keras.Model({"left": left, "right": right}, output)
    x = [normal(260, 4), normal(260, 4)]
    y = np.sum(np.abs(x[0] - x[1]), axis=1, keepdims=True)
    validation = [normal(50, 4), normal(50, 4)]
    return dict(
        model=model,
        compile={"optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.01, "amsgrad": True}}, "loss": "huber"},
        fit={"epochs": 5, "batch_size": 32},
        train=(x, [y], None),
        validation=(validation, [np.sum(np.abs(validation[0] - validation[1]), axis=1, keepdims=True)], None),
        inputs=["left", "right"],
    )


def sequence():
    """Masked steps, whose losses and metrics do not count."""
    tokens = rng.integers(1, 12, (150, 7))
    lengths = rng.integers(2, 8, 150)
    tokens = np.where(np.arange(7)[None, :] < lengths[:, None], tokens, 0).astype("float32")
    tags = (tokens % 3).astype("float32")[..., None]
    model = keras.Sequential(
        [
            keras.Input((7,)),
            layers.Embedding(12, 8, mask_zero=True),
            layers.Bidirectional(layers.GRU(6, return_sequences=True)),
            layers.LSTM(6, return_sequences=True),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return dict(
        model=model,
        compile={
            # Not an adaptive one: an embedding's gradient is sparse in Keras on TensorFlow, and is squared before the parts
            # that fall on one row are added up; ours is dense.
            "optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.5, "momentum": 0.5}},
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"],
        },
        fit={"epochs": 4, "batch_size": 32, "validation_split": 0.2},
        train=([tokens], [tags], None),
    )


def encoder_decoder():
    """States handed from one recurrent layer to another, in a model of two inputs, and attention between them."""
    source, target = keras.Input((9, 5), name="source"), keras.Input((6, 4), name="target")
    encoded, state, carry = layers.LSTM(7, return_sequences=True, return_state=True)(layers.Masking()(source))
    decoded = layers.LSTM(7, return_sequences=True)(target, initial_state=[state, carry])
    context = layers.Attention(use_scale=True)([decoded, encoded])
    cells = [layers.GRUCell(6), layers.LSTMCell(5)]
    hidden = layers.RNN(cells, return_sequences=True)(layers.Concatenate()([decoded, context]))
    output = layers.TimeDistributed(layers.Dense(2))(hidden)
    model = keras.Model([source, target], output)
    x = [rng.standard_normal((150, 9, 5)).astype("float32"), rng.standard_normal((150, 6, 4)).astype("float32")]
    lengths = rng.integers(3, 10, 150)
    x[0] *= (np.arange(9)[None, :] < lengths[:, None]).astype("float32")[..., None]
    y = np.cumsum(x[1][..., :2], axis=1) + x[0].sum(1)[:, None, :2]
    return dict(
        model=model,
        compile={"optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.01}}, "loss": "mse", "metrics": ["mae"]},
        fit={"epochs": 4, "batch_size": 32, "validation_split": 0.2},
        train=(x, [y.astype("float32")], None),
    )


def transformer():
    tokens = rng.integers(1, 12, (150, 8))
    lengths = rng.integers(2, 9, 150)
    tokens = np.where(np.arange(8)[None, :] < lengths[:, None], tokens, 0).astype("float32")
    y = (tokens.sum(1, keepdims=True) > 25).astype("float32")
    inputs = keras.Input((8,))
    x = layers.Embedding(12, 10, mask_zero=True)(inputs)
    attended = layers.MultiHeadAttention(2, 5)(x, x, use_causal_mask=True)
    x = layers.LayerNormalization()(layers.Add()([x, attended]))
    hidden = layers.Dense(10)(layers.Dense(16, activation="gelu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, hidden]))
    x = layers.GroupQueryAttention(4, 4, 2)(x, x)
    outputs = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling1D()(x))
    return dict(
        model=keras.Model(inputs, outputs),
        compile={
            "optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.5}},
            "loss": "binary_crossentropy",
            "metrics": ["accuracy"],
        },
        fit={"epochs": 4, "batch_size": 32, "validation_split": 0.2},
        train=([tokens], [y], None),
    )


def image():
    x = normal(180, 10 * 10 * 2).reshape(180, 10, 10, 2)
    y = np.stack([x[:, :5].mean((1, 2, 3)) > 0, x[:, 5:].mean((1, 2, 3)) > 0], axis=1).astype("float32")
    model = keras.Sequential(
        [
            keras.Input((10, 10, 2)),
            layers.Conv2D(6, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="sigmoid"),
        ]
    )
    return dict(
        model=model,
        compile={
            "optimizer": {"class_name": "AdamW", "config": {"learning_rate": 0.005, "weight_decay": 0.01, "global_clipnorm": 0.5}},
            "loss": {"class_name": "BinaryCrossentropy", "config": {"label_smoothing": 0.1}},
            "metrics": ["accuracy"],
        },
        fit={"epochs": 4, "batch_size": 32, "validation_split": 0.2},
        train=([x], [y], None),
    )


CASES = {
    "mlp_sgd": lambda: mlp_case({"class_name": "SGD", "config": {"learning_rate": 0.01}}),
    "mlp_adam": lambda: mlp_case("adam"),
    "mlp_rmsprop": lambda: mlp_case("rmsprop"),
    "mlp_schedule": lambda: mlp_case(
        {
            "class_name": "SGD",
            "config": {
                "learning_rate": {
                    "module": "keras.optimizers.schedules",
                    "class_name": "ExponentialDecay",
                    "config": {"initial_learning_rate": 0.02, "decay_steps": 20, "decay_rate": 0.8},
                }
            },
        }
    ),
    "wide_and_deep": wide_and_deep,
    "classifier": classifier,
    "binary": binary,
    "nested": nested,
    "sequence": sequence,
    "encoder_decoder": encoder_decoder,
    "transformer": transformer,
    "image": image,
    "callbacks": callbacks,
}


def samples(parts):
    if parts is None:
        return None
    x, y, weights = parts
    tensor = lambda array: {"shape": list(array.shape[1:]), "values": array.reshape(-1).tolist()}
    return {
        "rows": len(x[0]),
        "inputs": [tensor(array) for array in x],
        "targets": [tensor(array) for array in y],
        "weights": None if weights is None else weights.tolist(),
    }


def weights_of(model):
    return {variable.path: np.asarray(variable).reshape(-1).tolist() for variable in model.weights}


def one_or_all(parts, names=None):
    """What Keras takes for a model of one input or output, of several in order, or of several by name."""
    if names is not None:
        return dict(zip(names, parts))
    return parts[0] if len(parts) == 1 else parts


def run(name):
    case = CASES[name]()
    model, compile, fit = case["model"], case["compile"], case["fit"]
    # Keras takes objects where a job takes their serialised form.
    objects = {"optimizer": keras.optimizers.get(copy.deepcopy(compile["optimizer"]))}
    if isinstance(compile["loss"], dict) and "class_name" in compile["loss"]:
        objects["loss"] = keras.losses.get(copy.deepcopy(compile["loss"]))
    model.compile(**{**compile, **objects}, jit_compile=False)
    initial = weights_of(model)
    x, y, weights = case["train"]
    extra = {}
    if "validation" in case:
        x_val, y_val, weights_val = case["validation"]
        extra["validation_data"] = (one_or_all(x_val, case.get("inputs")), one_or_all(y_val)) + (
            (weights_val,) if weights_val is not None else ()
        )
    arguments = dict(fit)
    if "class_weight" in arguments:
        arguments["class_weight"] = {int(key): value for key, value in arguments["class_weight"].items()}
    history = model.fit(
        one_or_all(x, case.get("inputs")),
        one_or_all(y),
        sample_weight=weights,
        shuffle=False,
        verbose=0,
        callbacks=[
            getattr(keras.callbacks, callback["class_name"])(**callback["config"]) for callback in case.get("callbacks", [])
        ],
        **extra,
        **arguments,
    )
    evaluation = model.evaluate(one_or_all(x, case.get("inputs")), one_or_all(y), sample_weight=weights, batch_size=64, verbose=0, return_dict=True)
    predictions = model.predict(one_or_all(x, case.get("inputs")), batch_size=64, verbose=0)
    predictions = predictions if isinstance(predictions, list) else [predictions]
    return {
        "definition": json.loads(model.to_json()),
        "compile": compile,
        "fit": {**fit, "shuffle": False},
        "callbacks": case.get("callbacks", []),
        "train": samples(case["train"]),
        "validation": samples(case.get("validation")),
        "initial_weights": initial,
        "final_weights": weights_of(model),
        "history": {key: [float(value) for value in values] for key, values in history.history.items()},
        "evaluation": evaluation,
        "predictions": [array.reshape(-1).tolist() for array in predictions],
    }


if __name__ == "__main__":
    keras.utils.set_random_seed(11)
    print(json.dumps({name: run(name) for name in sys.argv[1:]}))
