"""Builds models from their JSON with real Keras and tells how it keeps them.

    python read_definitions.py keras_3 < definitions.json
"""

import contextlib
import io
import json
import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="")

if sys.argv[1] == "keras_3":
    import keras as K
else:
    import tf_keras as K


def describe(definition):
    model = K.models.model_from_json(json.dumps(definition))
    return {
        "layers": [layer.name for layer in model.layers],
        "weights": [list(variable.shape) for layer in model.layers for variable in layer.weights],
        "outputs": [list(tensor.shape) for tensor in model.outputs],
    }


with contextlib.redirect_stdout(io.StringIO()):
    described = [describe(definition) for definition in json.load(sys.stdin)]
print(json.dumps(described))
