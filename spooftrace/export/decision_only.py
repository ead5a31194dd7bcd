"""A bundle's graph without its decoder: encoder and regressor, which decide by the map alone."""

import onnx
from onnx import TensorProto, helper
from onnx.utils import Extractor

from spooftrace.detector.bundle import FACES


def without_trace(model: onnx.ModelProto) -> onnx.ModelProto:
    """The part of a bundle's graph behind map_score, which is its score: Eq. 3 without alpha_0.

    ONNX Runtime computes the whole graph whatever outputs are asked for, also with
    `only_execute_path_to_fetches`; hence a graph of its own. It carries no metadata.
    """
    part = Extractor(model).extract_model([FACES], ["map_score", "spoof_map"])
    batch = next(one for one in model.graph.output if one.name == "map_score")
    part.graph.node.append(helper.make_node("Identity", ["map_score"], ["score"]))
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, None)
    score.type.CopyFrom(batch.type)
    part.graph.output.append(score)
    return part
