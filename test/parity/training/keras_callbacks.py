"""Shows what Keras's callbacks decide over given values of val_loss.

Reads JSON from stdin: [{class_name, config, values}]; prints for each: epochs run, epochs saved, learning rates, epoch
whose weights remain.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras


class Recorded(keras.Model):
    """A model without layers whose one weight is the number of the epoch."""

    def __init__(self):
        super().__init__()
        self.optimizer = keras.optimizers.SGD(0.1)
        self.epoch = 0
        self.saved = []
        self.stop_training = False
        self.kept = None

    def get_weights(self):
        return [self.epoch]

    def set_weights(self, weights):
        self.kept = weights[0]

    def save(self, path, overwrite=True):
        self.saved.append(self.epoch)


def decide(case):
    model = Recorded()
    callback = getattr(keras.callbacks, case["class_name"])(**case["config"])
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(case["values"]):
        model.epoch = epoch
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"val_loss": value})
        rates.append(float(model.optimizer.learning_rate.numpy()))
        if model.stop_training:
            break
    callback.on_train_end()
    return {"epochs": len(rates), "saved": model.saved, "rates": rates, "kept": model.kept}


print(json.dumps([decide(case) for case in json.load(sys.stdin)]))
