"""Loads a whole model with Keras and predicts: predict.py MODEL ROWS WIDTH X.bin PREDICTIONS.bin (float32, row-major)."""

import json
import sys

import keras
import numpy as np

model_file, rows, width, inputs_file, predictions_file = sys.argv[1:]
model = keras.models.load_model(model_file)
inputs = np.fromfile(inputs_file, dtype="<f4").reshape(int(rows), int(width))
predictions = model.predict(inputs, batch_size=256, verbose=0)
predictions.astype("<f4").tofile(predictions_file)
print(json.dumps({"shape": list(predictions.shape), "compiled": model.compiled, "loss": getattr(model.loss, "__name__", model.loss)}))
