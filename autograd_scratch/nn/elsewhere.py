"""What models of other libraries have, and what is written here in its place."""

_FIT = "write fit(model, X, y, optimizer=SGD(lr=0.1), epochs=100)"
_CALL = "write model(x), and [model(x) for x in X] for several"
_SAVE = "write json.dump(model.state_dict(), file)"
_LOAD = "write model.load_state_dict(json.load(file))"
_PARAMETERS = "write model.parameters(), or model.named_parameters()"
_SHOWN = "print(model) shows its layers and counts its parameters"
_NOWHERE = "numbers are Python's, and there is nowhere else to compute: leave it out"

INSTEAD = {
    **dict.fromkeys(("fit", "compile", "train_on_batch", "train_step"), _FIT),
    **dict.fromkeys(("predict", "predict_proba", "apply"), _CALL),
    **dict.fromkeys(("save", "save_weights", "get_weights"), _SAVE),
    **dict.fromkeys(("load", "load_weights", "set_weights"), _LOAD),
    **dict.fromkeys(("params", "weights", "trainable_variables", "variables"), _PARAMETERS),
    **dict.fromkeys(("summary", "count_params", "num_parameters"), _SHOWN),
    **dict.fromkeys(("to", "cuda", "cpu"), _NOWHERE),
    **dict.fromkeys(("weight", "bias"), f"a Neuron has .w and .b, a Layer .neurons; {_PARAMETERS}"),
    **dict.fromkeys(("copy", "clone"), "write copy.deepcopy(model)"),
    "grad": "each parameter has its own: [p.grad for p in model.parameters()]",
    "backward": "a loss has one: write loss.backward()",
    "step": "an optimizer has one: write SGD(model.parameters(), lr=0.1).step()",
    "evaluate": "write a loss of its outputs, as mse([model(x) for x in X], y)",
}
