"""The poisoning source's protocol in Keras, for a Python that has TensorFlow; dqsuite itself is not needed.

    python keras_poisoning.py DATA.npz EPOCHS REPORT.json

The file holds ``x_train y_train x_test y_test``, images uint8 (N, H, W) or (N, H, W, 3), labels int (N,). Written from
the protocol: see the recipe ``poisoning`` and the model ``poison_cnn`` of dqsuite.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import keras  # type: ignore[import-not-found] # of another Python
import numpy as np

_BATCH = 256  # records


class Stopwatch(keras.callbacks.Callback):  # type: ignore[misc] # Keras ships no types that mypy finds here
    """Notes the seconds of each epoch, the measurement on the test set included."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds.append(time.perf_counter() - self.began)


def poison_cnn(image_shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return the CNN: six convolutions of 32 filters, of which the last alone is padded, and two dense layers."""
    layers = keras.layers

    def convolution(padding: str = "valid") -> keras.layers.Layer:
        return layers.Conv2D(32, 3, activation="relu", padding=padding)

    return keras.Sequential(
        [
            keras.Input(image_shape),
            convolution(),
            convolution(),
            layers.MaxPooling2D(),
            convolution(),
            convolution(),
            layers.MaxPooling2D(),
            convolution(),
            convolution("same"),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(128, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def train(data: Path, epochs: int) -> dict[str, Any]:
    """Train until the test accuracy has not risen for 10 epochs; return seconds and test accuracy of each epoch."""
    with np.load(data) as file:
        x_train, y_train, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    x_train, x_test = (_scaled(images) for images in (x_train, x_test))
    model = poison_cnn(x_train.shape[1:], int(y_test.max()) + 1)
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    watch = Stopwatch()
    rules = [
        keras.callbacks.EarlyStopping("val_accuracy", patience=10),
        keras.callbacks.ReduceLROnPlateau("val_accuracy", factor=0.1, patience=5, min_delta=1e-4),
    ]
    history = model.fit(
        x_train,
        y_train,
        batch_size=_BATCH,
        epochs=epochs,
        validation_data=(x_test, y_test),
        callbacks=[watch, *rules],
        verbose=0,
    )
    return {"seconds": watch.seconds, "accuracy": history.history["val_accuracy"], "keras": keras.__version__}


def _scaled(images: Any) -> Any:
    images = images[..., None] if images.ndim == 3 else images
    return (images / 255).astype(np.float32)


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(json.dumps(train(Path(sys.argv[1]), int(sys.argv[2]))))
