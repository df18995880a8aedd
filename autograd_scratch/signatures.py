"""How a public function is called, and what a wrong call of it is told.

Python refuses an argument that a function does not have, and names neither those that it has nor the one
that was meant. A function with `call_form` says so:

    >>> @call_form()
    ... def train(model, *, lr=0.1, epochs):
    ...     return lr, epochs
    >>> train("model", learning_rate=0.5, epochs=3)
    Traceback (most recent call last):
    autograd_scratch.errors.CallError: train has no argument 'learning_rate'; did you mean lr=0.5? \
It is called as train(model, *, lr=0.1, epochs)

What is raised inside of the function, or of a decorator around it, passes through: a wrong call is one
whose arguments do not fit the signature, and whose error has no line of the function in its traceback.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial, wraps
from inspect import Parameter, Signature, signature, unwrap
from types import FunctionType, MethodType
from typing import Any, TypeVar, cast

from .errors import CallError

_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_SINGLE = (*_BY_POSITION, Parameter.KEYWORD_ONLY)

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
ClassT = TypeVar("ClassT", bound=type)

NAMES_ELSEWHERE = {  # our names of arguments, and what other libraries and people call the same
    "accumulate": "accumulate_grad_batches accumulation accumulation_steps gradient_accumulation_steps",
    "activation": "act act_fn act_func hidden_activation nonlin nonlinearity",
    "affine": "center elementwise_affine scale",
    "alpha": "decay negative_slope rho slope smoothing_constant",
    "argnums": "argnum arg wrt",
    "arms": "classes kinds n_arms n_classes n_spirals",
    "at": "params parameters point values x",
    "atol": "abs_tol absolute_tolerance tol tolerance",
    "ax": "axes axis",
    "batch_size": "batch batchsize bs minibatch",
    "betas": "b1 beta beta1 beta_1",
    "bias": "b",
    "callbacks": "callback cb cbs hooks",
    "centers": "classes n_centers n_classes",
    "checkpoint": "checkpoint_path ckpt ckpt_path resume_from resume_from_checkpoint save_path",
    "classes": "depth n_classes num_classes",
    "clip_grad_norm": "clipnorm global_clipnorm grad_clip gradient_clip_val max_grad_norm max_norm",
    "count": "n n_names n_points n_samples num_samples samples size",
    "data": "dataset training_data x",
    "decimals": "digits n ndigits",
    "delay": "lag n_delay shift",
    "delimiter": "sep separator",
    "dim": "axis",
    "depth": "collapse expand expand_nested full level levels max_depth",
    "direction": "orientation rankdir",
    "engine": "compile jit method mode",
    "epochs": "epoch every iterations iters max_epochs max_iter n_epochs n_iter niter num_steps steps",
    "eps": "delta dx epsilon h stepsize",
    "executor": "n_jobs pool workers",
    "gradients": "grad gradient grads",
    "grid": "param_grid params search_space",
    "hand": "analytic expected grad gradient gradients grads",
    "in_channels": "c_in channels in_ch input_channels",
    "init": "initializer kernel_initializer weight_init weights_init",
    "inputs": "args arguments example x",
    "kernel_size": "filter_size kernel pool_size",
    "label_smoothing": "epsilon smoothing",
    "length": "n_steps seq_len seq_length sequence_length steps time window window_size",
    "level": "cutoff levels threshold",
    "logit": "input inputs logits outputs pred y_pred",
    "logits": "input inputs logit outputs pred y_pred",
    "loss": "cost criterion loss_fn loss_function objective",
    "lr": "alpha eta learning_rate rate step_size stepsize",
    "margin": "border pad padding",
    "max": "a_max hi high max_val maximum upper",
    "max_norm": "clip clip_value max threshold value",
    "max_val": "hi high max upper",
    "metrics": "metric scoring",
    "min": "a_min lo low lower min_val minimum",
    "min_delta": "delta min_improvement threshold tol tolerance",
    "min_val": "lo low lower min",
    "momentum": "beta mu",
    "monitor": "by metric",
    "negative_slope": "alpha leak slope",
    "nin": "in_features input_dim input_size inputs n_in n_inputs",
    "nout": "n_out n_outputs out_features output_dim output_size outputs units",
    "noise": "cluster_std scale sigma std stddev",
    "normalized_shape": "dim features hidden_size num_features shape units",
    "nouts": "dims hidden hidden_layer_sizes hidden_sizes layer_sizes layers n_out nout sizes units",
    "num_channels": "channels in_channels num_features",
    "num_features": "channels dim features in_features normalized_shape num_channels units",
    "num_groups": "groups n_groups",
    "on_epoch": "epoch_callback on_epoch_end",
    "optimizer": "lr opt optim solver",
    "out_channels": "c_out filters n_filters num_filters out_ch output_channels",
    "output": "final_activation last last_activation out_activation output_activation",
    "outputs": "input inputs logits pred predictions preds y_hat y_pred yhat",
    "p": "drop_prob drop_rate dropout dropout_rate ord order prob rate",
    "padding": "pad pads",
    "parameters": "model params weights",
    "path": "file filename filepath filepath_or_buffer",
    "paths": "k n top",
    "patience": "early_stopping_rounds n_iter_no_change",
    "primals": "at inputs point x",
    "progress": "disp pbar progress_bar show_progress tqdm verbose",
    "raise_exception": "raise_error raises throw",
    "resolution": "grid grid_size n_grid n_points num points steps",
    "restore_best": "load_best load_best_model_at_end restore_best_weights",
    "rho": "alpha decay",
    "rtol": "rel_tol relative_tolerance tol tolerance",
    "schedule": "lr_schedule lr_scheduler scheduler",
    "seed": "generator key random_state rng shuffle",
    "seeds": "n_seeds random_states repeats",
    "share": "fraction ratio size train_ratio train_size",
    "size": "batch batch_size",
    "state": "buffers cache memory opt_state states",
    "strength": "alpha l1 l2 lam lambda_ lr weight_decay",
    "stride": "step strides",
    "tangents": "direction p v vec vector",
    "target": "class_column label label_column labels target_column targets y y_true",
    "targets": "labels target y y_true",
    "validation": "eval_set val val_data val_split validation_data validation_fraction validation_split",
    "weight": "class_weight class_weights weights",
    "weight_decay": "decay l2 wd",
    "wrt": "argnums parameters params variables weights",
}
_A_FILE = (
    'a file is written by .save of what it gives, as in draw(loss).save("graph.svg"); that of a plot by '
    'ax.figure.savefig("plot.png")'
)
_CLIPPED = "write fit(..., clip_grad_norm=1.0), or clip_grad_norm(model, 1.0) before optimizer.step()"
_PYTHONS = "numbers are Python's: leave it out"
NOWHERE = {  # arguments that no function has, and what to do without
    **dict.fromkeys(["file", "filename", "format", "path", "save", "savefig"], _A_FILE),
    **dict.fromkeys(["device", "dtype", "requires_grad"], _PYTHONS),
    **dict.fromkeys(["bias", "use_bias"], "each neuron has its bias, set to 0 at the start"),
    "test_size": "write train, held_out = split(data, 0.8, seed=0): the share is that to learn from",
    **dict.fromkeys(["size_average", "reduce"], 'write reduction="mean", "sum" or "none" in a loss'),
    "last_epoch": "a schedule goes on by schedule.load_state_dict(state), with what state_dict() gave",
    **dict.fromkeys(
        ["capturable", "differentiable", "foreach", "fused"], "there is one way here: leave it out"
    ),
    "label": 'a Value is named where it is made: Value(2.0, "x"), or y.named("y")',
    **dict.fromkeys(["axis", "dim"], "of an array write its own method: x.sum(axis=1), x.mean(axis=1)"),
    **dict.fromkeys(["keepdim", "keepdims"], "[..., None] after it keeps the axis"),
    "patience": "write callbacks=[EarlyStopping(patience=10)], and validation=0.2 to hold rows out",
    "verbose": "leave it out: of a training fit(..., progress=True) shows how far it is",
    "early_stopping": "write callbacks=[EarlyStopping(patience=10)], and validation=0.2 to hold rows out",
    "figsize": "of a plot write ax=plt.subplots(figsize=(6, 4))[1]",
    "initial_epoch": 'write checkpoint="run.json", resume=True, which goes on where the run was',
    **dict.fromkeys(["clipnorm", "global_clipnorm", "grad_clip", "gradient_clip_val"], _CLIPPED),
    "max_grad_norm": _CLIPPED,
    "class_weight": "write loss=nn.CrossEntropyLoss(weight=[1.0, 2.0]), a number for each class",
    "sample_weight": "write a loss of your own, which weighs the rows by what their targets hold",
    "save_best_only": "EarlyStopping(patience=10) gives the best weights back, for save(model, path)",
    "cv": "for folds write for k in range(5): fit(..., validation=data[k::5]), each on the other rows",
    "stratify": "the parts are drawn without looking at targets: leave it out",
}
WRITTEN = {  # how those are written that are no plain number or text
    "metrics": "[{}]",
    "on_epoch": "lambda epoch, loss: print(epoch, loss)",
    "optimizer": "SGD(lr={})",
    "schedule": "StepLR(step_size=30)",
}
EXAMPLES = {  # what stands for an argument that is too long, or no number or text
    "callbacks": "[EarlyStopping(patience=10)]",
    "checkpoint": "'run.json'",
    "metrics": "['accuracy']",
    "seed": "0",
    "validation": "(X_val, y_val)",
}


def call_form(example: str = "", *, name: str = "") -> Callable[[FunctionT], FunctionT]:
    """Make a wrong call of a function a CallError that shows the right form, and an `example` if given.

    The function is called by its public name: `name`, or its own without the underscore at its end.
    """

    def decorate(function: FunctionT) -> FunctionT:
        function.__name__ = name or re.sub(r"(?<!_)_$", "", function.__name__)
        told, is_wrong = partial(wrong_call, function, example), partial(is_wrong_call, function)

        def called(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            try:
                return function(*args, **kwargs)
            except TypeError as fault:
                if not is_wrong(fault, args, kwargs):
                    raise
            raise told(args, kwargs)

        # it belongs to the function's module, where doctest looks for functions
        scope = getattr(unwrap(function), "__globals__", {})
        own = FunctionType(called.__code__, scope, closure=called.__closure__)
        return cast(FunctionT, wraps(function)(own))

    return decorate


def call_forms(*methods: str) -> Callable[[ClassT], ClassT]:
    """Do as `call_form` with these methods of a class, as far as they are functions written in it."""

    def decorate(kind: ClassT) -> ClassT:
        for method in methods:
            written = vars(kind).get(method)
            if isinstance(written, FunctionType) and isinstance(unwrap(written), FunctionType):
                setattr(kind, method, call_form()(written))
        return kind

    return decorate


def is_wrong_call(function: Any, fault: TypeError, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Say whether an error is that of arguments which a function does not take, and not one from inside.

    Of one that has no signature Python's own error tells.
    """
    if isinstance(function, MethodType):
        function, args = function.__func__, (function.__self__, *args)
    code, trace = getattr(unwrap(function), "__code__", None), fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is code:
            return False
        trace = trace.tb_next
    try:
        form = signature(function)
    except ValueError:
        return False
    try:
        form.bind(*args, **kwargs)
    except TypeError:
        return True
    return False


def wrong_call(function: Any, example: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> CallError:
    """Return the error that says what is wrong with the arguments of a call, and the right form."""
    owner = function.__qualname__.rpartition(".")[0]
    if isinstance(function, FunctionType) and owner and not owner.endswith(">"):  # of a class
        function, args = MethodType(function, args[0]), args[1:]
    name = called = getattr(function, "name", function.__name__)  # a primitive has both
    if isinstance(function, MethodType):
        own = getattr(type(function.__self__), name, function)
        is_its_own = unwrap(own) is unwrap(function.__func__)  # and not called through super()
        kind = type(function.__self__).__name__ if is_its_own else owner.rpartition(".")[2]
        if not signature(function.__func__).parameters:
            return CallError(f"{name} of {kind} has no place for the object: write def {name}(self)")
        called = {"__init__": kind, "__call__": kind, "forward": "model"}.get(name, f"{kind}.{name}")
        name = kind if called == "model" else called
    form = signature(function)
    right = f"It is called as {called}{_plain(form)}"
    if example:
        right = f"{right}, as in {example}" if example.startswith(called) else f"Write {example}"
    return CallError(f"{name} {_fault(form, args, kwargs)} {right}")


def _fault(form: Signature, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Say what does not fit."""
    parameters = form.parameters
    places = [key for key, p in parameters.items() if p.kind in _BY_POSITION]
    options = [key for key, p in parameters.items() if p.kind in _BY_NAME]
    free = [key for key in options if key not in kwargs and key not in places[: len(args)]]
    for key, argument in kwargs.items():
        if key not in options:
            return f"has no argument {key!r}{_meant(key, argument, {k: parameters[k] for k in free})}"
    if len(args) > len(places):
        if options and not places:
            return f"takes its arguments by name, and was given {len(args)} without."
        others = " by position, the others by name" if len(options) > len(places) else ""
        count = f"{len(places) or 'no'} argument{'s' * (len(places) != 1)}"
        return f"takes {count}{others}, and was given {len(args)}."
    for key in places[: len(args)]:
        if key in kwargs:
            return f"is given {key!r} twice, by position and by name."
    needed = [key for key, p in parameters.items() if p.default is p.empty and p.kind in _SINGLE]
    missing = [key for key in needed if key not in kwargs and key not in places[: len(args)]]
    if not missing:
        return "takes its arguments by position alone."
    *first, last = map(repr, missing)
    return f"lacks {', '.join(first)} and {last}." if first else f"lacks {last}."


def _meant(key: str, argument: Any, options: Mapping[str, Parameter]) -> str:
    """Ask for the argument that was perhaps meant: one that others call so, or one that is spelt alike."""
    called_so = [option for option in options if key.lower() in NAMES_ELSEWHERE.get(option, "").split()]
    if key in NOWHERE and not called_so:
        return f"; {NOWHERE[key]}."
    likely = called_so or get_close_matches(key.lower(), options, n=1)
    if not likely:
        return "."
    usual = options[likely[0]].default
    if isinstance(usual, bool) and isinstance(argument, int):
        argument = bool(argument)
    elif isinstance(usual, (bool, str, tuple)) and usual != () and type(usual) is not type(argument):
        argument = usual
    is_switch = isinstance(argument, bool) and not isinstance(usual, bool)  # seed=True is not meant
    if is_switch and not argument and usual is None:
        return f"; without {likely[0]} that is so: leave it out."
    is_plain = isinstance(argument, (str, int, float, tuple)) and not is_switch
    form = WRITTEN.get(likely[0], "{}")
    if is_plain and len(repr(argument)) < 20:
        text = form.format(repr(argument))
    else:
        text = EXAMPLES.get(likely[0]) or form.format("...")
    return f"; did you mean {likely[0]}={text}?"


def _plain(form: Signature) -> str:
    """Write a signature without types, and without defaults that have no text in Python."""
    bare = [parameter.replace(annotation=Parameter.empty) for parameter in form.parameters.values()]
    return re.sub(r"<[^<>]*>", "...", str(Signature(bare)))
