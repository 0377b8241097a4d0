"""The peer of the service benchmark: a script that reads the housing data, trains the book's network and stops after one epoch."""

import csv
import sys

import keras
import numpy as np

with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
target = np.array([float(row.pop("median_house_value")) / 1e5 for row in rows], dtype="float32")
proximity = [row.pop("ocean_proximity") for row in rows]
categories = sorted(set(proximity))
numbers = np.array([[float(value or "nan") for value in row.values()] for row in rows], dtype="float32")
order = np.random.default_rng(42).permutation(len(rows))
training, validation = order[: int(0.64 * len(rows))], order[int(0.64 * len(rows)) : int(0.8 * len(rows))]
numbers = np.where(np.isnan(numbers), np.nanmedian(numbers[training], axis=0), numbers)
numbers = (numbers - numbers[training].mean(axis=0)) / numbers[training].std(axis=0)
one_hot = np.eye(len(categories), dtype="float32")[[categories.index(value) for value in proximity]]
features = np.concatenate([numbers, one_hot], axis=1)

model = keras.Sequential([keras.Input((features.shape[1],)), keras.layers.Dense(30, activation="relu"), keras.layers.Dense(1)])
model.compile(loss="mean_squared_error", optimizer=keras.optimizers.SGD(learning_rate=1e-3))
model.fit(
    features[training],
    target[training],
    validation_data=(features[validation], target[validation]),
    epochs=1,
    batch_size=32,
    verbose=0,
)
