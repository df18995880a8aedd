"""What models of other libraries have, and what is written here in its place."""

_FIT = "write fit(model, X, y, optimizer=SGD(lr=0.1), epochs=100)"
_CALL = "write model(x), and [model(x) for x in X] for several"
_SAVE = 'write save(model, "model.safetensors")'
_LOAD = 'write load(model, "model.safetensors")'
_PARAMETERS = "write model.parameters(), or model.named_parameters()"
_SHOWN = "print(model) shows its layers and counts its parameters"
_NOWHERE = "numbers are Python's, and there is nowhere else to compute: leave it out"

INSTEAD = {
    **dict.fromkeys(("fit", "compile", "train_on_batch", "train_step"), _FIT),
    **dict.fromkeys(("predict", "predict_proba"), _CALL),
    **dict.fromkeys(("save", "save_weights"), _SAVE),
    **dict.fromkeys(("load", "load_weights"), _LOAD),
    "get_weights": "write model.state_dict()",
    "set_weights": "write model.load_state_dict(state)",
    **dict.fromkeys(("params", "weights", "trainable_variables", "variables"), _PARAMETERS),
    **dict.fromkeys(("summary", "count_params", "num_parameters"), _SHOWN),
    **dict.fromkeys(("to", "cuda", "cpu", "double", "float", "half"), _NOWHERE),
    **dict.fromkeys(("weight", "bias"), f"a Neuron has .w and .b, a Layer .neurons; {_PARAMETERS}"),
    **dict.fromkeys(("copy", "clone"), "write copy.deepcopy(model)"),
    "history": "fit gives it: history = fit(model, X, y, optimizer=SGD(lr=0.1), epochs=100)",
    "to_json": "write json.dumps(model.state_dict())",
    "grad": "each parameter has its own: [p.grad for p in model.parameters()]",
    "backward": "a loss has one: write loss.backward()",
    "step": "an optimizer has one: write SGD(model.parameters(), lr=0.1).step()",
    **dict.fromkeys(
        ("evaluate", "score"),
        "write a loss of its outputs, as mse([model(x) for x in X], y); fit(..., validation=0.2, "
        'metrics=["accuracy"]) measures each epoch',
    ),
}

_WITH_LOGITS = "'cross_entropy', and leave softmax out of the model: it takes outputs before it"
LOSSES = {  # by name, in small letters: what is written
    **dict.fromkeys(("mean_squared_error", "squared_error", "l2", "l2_loss"), "'mse'"),
    **dict.fromkeys(("mean_absolute_error", "absolute_error", "l1"), "'mae'"),
    **dict.fromkeys(("binary_crossentropy", "bce", "bceloss"), "'binary_cross_entropy'"),
    **dict.fromkeys(("bce_with_logits", "bcewithlogitsloss"), "'binary_cross_entropy_with_logits'"),
    **dict.fromkeys(
        (
            "categorical_crossentropy",
            "sparse_categorical_crossentropy",
            "crossentropy",
            "crossentropyloss",
            "softmax",
            "log_loss",
            "ce",
        ),
        _WITH_LOGITS,
    ),
}
