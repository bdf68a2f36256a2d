"""A SavedModel: TensorFlow's own format, a graph and variables. Imports TensorFlow, in a process of its own.

TensorFlow's loader would run whatever the file wants to be run when it is loaded. Here only the function that answers
is taken out of the file: its operations are compared with a list, its variables are read as arrays and become
constants, and what is left is a graph that reads nothing but pictures. Assets, tables and all else stay behind.
"""

import tempfile
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from app.core.child_process import Answer
from app.core.models.foreign.containers import open_container
from app.core.models.foreign.limits import LARGEST_SIDE, MOST_WEIGHT_BYTES, refuse

_ALLOWED = frozenset(
    (
        "Abs", "Add", "AddN", "AddV2", "AvgPool", "BatchMatMulV2", "BiasAdd", "BroadcastTo", "Cast", "ConcatV2",
        "Const", "Conv2D", "DepthwiseConv2dNative", "DisableCopyOnRead", "Elu", "Erf", "Exp", "ExpandDims", "Fill",
        "FusedBatchNormV3", "GatherV2", "Greater", "GreaterEqual", "Identity", "IdentityN", "LeakyRelu", "Less",
        "LessEqual", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool", "Maximum", "Mean", "Min", "Minimum", "Mul",
        "Neg", "NoOp", "Pack", "Pad", "PadV2", "PartitionedCall", "Placeholder", "Pow", "Prod", "ReadVariableOp",
        "RealDiv", "Reciprocal", "Relu", "Relu6", "Reshape", "ResizeBilinear", "ResizeNearestNeighbor", "Rsqrt",
        "Select", "SelectV2", "Selu", "Shape", "Sigmoid", "Slice", "Softmax", "Softplus", "Softsign", "Split",
        "Sqrt", "Square", "SquaredDifference", "Squeeze", "StatefulPartitionedCall", "StopGradient", "StridedSlice",
        "Sub", "Sum", "Tanh", "Tile", "Transpose", "Unpack", "ZerosLike",
    )
)  # fmt: skip
_CALLS = ("PartitionedCall", "StatefulPartitionedCall")
_FIRST_SIGNATURES = ("serving_default", "serve")
_MOST_NODES = 20_000
_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"


def convert(path: Path) -> Answer:
    """In a child: the graph that answers, as LiteRT. Raises InputError for one that is not taken in."""
    from app.core.quiet import load_tensorflow

    load_tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    files = open_container(path).files
    saved = saved_model_pb2.SavedModel()
    try:
        saved.ParseFromString(files["saved_model.pb"])
    except Exception:  # protobuf has an error class for each of its implementations
        raise refuse("its saved_model.pb is damaged") from None
    if len(saved.meta_graphs) != 1 or not saved.meta_graphs[0].HasField("object_graph_def"):
        raise refuse("it is a SavedModel of TensorFlow 1, or has several graphs; save it with TensorFlow 2")
    graph = saved.meta_graphs[0]
    nodes = graph.object_graph_def.nodes
    name = _answering_function(graph)
    functions = {each.signature.name: each for each in graph.graph_def.library.function}
    reached = list(_reached(name, functions))
    bound = list(graph.object_graph_def.concrete_functions[name].bound_inputs)
    if any(not 0 <= each < len(nodes) or nodes[each].WhichOneof("kind") != "variable" for each in bound):
        raise refuse("it needs tables or files beside its variables, which are never opened")
    with tempfile.TemporaryDirectory() as folder:
        values = _variables(files, graph.object_graph_def, bound, Path(folder))
    shape = _shape_of(functions[name])
    for function in reached:
        _hold_constants(function)
    return {}, (_converted(functions[name], reached, values, shape),)


def _answering_function(graph: Any) -> str:
    """The function behind the signature that everybody calls."""
    nodes = graph.object_graph_def.nodes
    for node in nodes:
        if node.WhichOneof("kind") == "user_object" and node.user_object.identifier == "signature_map":
            found = {each.local_name: each.node_id for each in node.children}
            for name in (*_FIRST_SIGNATURES, *sorted(found)):
                place = found.get(name, -1)
                if 0 <= place < len(nodes) and nodes[place].WhichOneof("kind") == "bare_concrete_function":
                    return str(nodes[place].bare_concrete_function.concrete_function_name)
    raise refuse("it has no signature that answers; save it with model.export or tf.saved_model.save")


def _reached(name: str, functions: dict[str, Any]) -> Iterator[Any]:
    """A function and all that it calls, each of whose operations is allowed."""
    waiting, seen, count = [name], set[str](), 0
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in functions:
            raise refuse("a function that it calls is missing")
        function = functions[name]
        count += len(function.node_def)
        if count > _MOST_NODES:
            raise refuse(f"it has more than {_MOST_NODES:,} operations")
        for node in function.node_def:
            if node.op not in _ALLOWED:
                raise refuse(f"it has the operation {node.op[:60]!r}, which this program does not know")
            for attribute in node.attr.values():
                named = [attribute.func.name] if attribute.HasField("func") else []
                named += [each.name for each in attribute.list.func]
                if named and node.op not in _CALLS:
                    raise refuse(f"its operation {node.op[:60]!r} calls a function")
                waiting += named
        yield function


def _variables(files: Any, objects: Any, bound: list[int], folder: Path) -> list[Any]:
    """The values of variables, by their numbers: looked for in the checkpoint by the names that lead to them."""
    import tensorflow as tf
    from tensorflow.core.protobuf import trackable_object_graph_pb2

    for name, content in files.items():
        if name.startswith("variables/"):
            (folder / name.removeprefix("variables/")).write_bytes(content)
    if not bound:
        return []
    try:
        reader = tf.train.load_checkpoint(str(folder / "variables"))
        shapes = reader.get_variable_to_shape_map()
        kept = trackable_object_graph_pb2.TrackableObjectGraph()
        kept.ParseFromString(reader.get_tensor(_KEY))
    except Exception:
        raise refuse("its variables are missing or damaged") from None
    keys, waiting, seen = dict[int, str](), [(0, 0)], set[int]()
    while waiting:
        ours, theirs = waiting.pop()
        if ours in seen or ours >= len(objects.nodes) or theirs >= len(kept.nodes):
            continue
        seen.add(ours)
        for each in kept.nodes[theirs].attributes:
            if each.name == "VARIABLE_VALUE":
                keys[ours] = each.checkpoint_key
        inside = {each.local_name: each.node_id for each in kept.nodes[theirs].children}
        waiting += [
            (each.node_id, inside[each.local_name])
            for each in objects.nodes[ours].children
            if each.local_name in inside
        ]
    total = sum(4 * prod(shapes.get(keys.get(each, ""), (0,))) for each in bound)
    if total > MOST_WEIGHT_BYTES:
        raise refuse(f"it has more than {MOST_WEIGHT_BYTES // 2**20} MB of weights")
    values = []
    for each in bound:
        if keys.get(each) not in shapes:
            raise refuse("one of its variables is missing")
        value = reader.get_tensor(keys[each])
        if value.dtype.name != "float32":
            raise refuse(f"one of its variables holds {value.dtype.name} numbers, and should hold float32")
        values.append(value)
    return values


def _hold_constants(function: Any) -> None:
    """Let a function take the values of variables, where it took the variables themselves."""
    from tensorflow.core.framework import types_pb2

    for argument in function.signature.input_arg:
        if argument.type == types_pb2.DT_RESOURCE:
            argument.type = types_pb2.DT_FLOAT
            argument.ClearField("handle_data")
    function.ClearField("arg_attr")
    function.ClearField("resource_arg_unique_id")
    for node in function.node_def:
        _hold_constant(node, types_pb2.DT_RESOURCE, types_pb2.DT_FLOAT)
    # Both give one thing, but call it differently: "read:value:0" and "read:output:0".
    reads = {node.name for node in function.node_def if node.op == "Identity"}
    for node in function.node_def:
        node.input[:] = [_of_identity(each, reads) for each in node.input]
    for name, source in list(function.ret.items()):
        function.ret[name] = _of_identity(source, reads)


def _hold_constant(node: Any, resource: int, numbers: int) -> None:
    """The same for one operation: what reads a variable passes its value on."""
    if node.op == "ReadVariableOp":
        if node.attr["dtype"].type != numbers:
            raise refuse("one of its variables holds other numbers than float32")
        node.op = "Identity"
        node.ClearField("attr")
        node.attr["T"].type = numbers
        node.input[:] = [each for each in node.input if not each.startswith("^")]
    elif node.op == "DisableCopyOnRead":
        node.op = "NoOp"
        node.ClearField("attr")
        node.input[:] = []
    for attribute in node.attr.values():
        held = attribute.WhichOneof("value")
        if held == "type" and attribute.type == resource:
            attribute.type = numbers
        elif held == "list" and resource in attribute.list.type:
            attribute.list.type[:] = [numbers if each == resource else each for each in attribute.list.type]


def _of_identity(source: str, reads: set[str]) -> str:
    name, _, output = source.partition(":")
    return f"{name}:output:0" if name in reads and output == "value:0" else source


def _converted(answering: Any, reached: list[Any], values: list[Any], shape: tuple[int, ...]) -> bytes:
    """As LiteRT: the function that answers, called with the picture and the values of its variables."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    given = list(answering.signature.input_arg)
    pictures, kept = given[: len(given) - len(values)], given[len(given) - len(values) :]
    if len(pictures) != 1 or len(kept) != len(values):
        raise refuse(f"it reads {len(pictures)} things, and should read one picture")
    if len(answering.signature.output_arg) != 1:
        raise refuse(f"it gives {len(answering.signature.output_arg)} answers, and should give one")
    definition = tf.compat.v1.GraphDef()
    definition.versions.producer = tf.version.GRAPH_DEF_VERSION
    definition.library.function.extend(reached)
    picture = definition.node.add(name="picture", op="Placeholder")
    picture.attr["dtype"].type = tf.float32.as_datatype_enum
    picture.attr["shape"].shape.CopyFrom(tf.TensorShape((None, *shape)).as_proto())
    names = []
    for number, value in enumerate(values):
        constant = definition.node.add(name=f"weight_{number}", op="Const")
        constant.attr["dtype"].type = tf.float32.as_datatype_enum
        constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
        names.append(constant.name)
    call = definition.node.add(name="answer", op="PartitionedCall", input=["picture", *names])
    call.attr["Tin"].list.type.extend([tf.float32.as_datatype_enum] * (1 + len(values)))
    call.attr["Tout"].list.type.extend([tf.float32.as_datatype_enum])
    call.attr["f"].func.name = answering.signature.name
    try:
        whole = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(definition, name=""), []).prune(
            "picture:0", "answer:0"
        )
        frozen = convert_variables_to_constants_v2(whole)
        content: bytes = tf.lite.TFLiteConverter.from_concrete_functions([frozen]).convert()
    except Exception as error:
        raise refuse(f"TensorFlow cannot convert it ({str(error).splitlines()[0][:120]})") from None
    return content


def _shape_of(function: Any) -> tuple[int, ...]:
    """What one picture is, as the function's own argument says; rows and columns that may be any number are 28."""
    shapes = list(function.arg_attr[0].attr["_output_shapes"].list.shape) if 0 in function.arg_attr else []
    sides = [side.size for side in shapes[0].dim] if shapes else []
    if len(sides) not in {2, 3, 4} or any(side > LARGEST_SIDE**2 for side in sides):
        raise refuse("it does not say what shape of pictures it reads")
    return tuple(28 if side < 1 else side for side in sides[1:])
