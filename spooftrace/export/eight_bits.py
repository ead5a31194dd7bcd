"""Weights of convolutions in eight bits: a quarter of the file, and the arithmetic stays float32.

Every output channel has a scale, its largest weight over 127, and its weights are whole multiples
of it. `rounded` puts a network's weights on that grid, so that what is exported can be proven to
answer as that network does; `store` then keeps the multiples in the file.
"""

import copy
from typing import TypeVar

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

from spooftrace.stdn.inference import UpConv

Network = TypeVar("Network", bound=nn.Module)

LEVELS = 127
"""Multiples on either side of zero."""


@torch.no_grad()
def rounded(network: Network) -> Network:
    """A copy of a network `for_inference` whose convolutions have weights on the grid."""
    made = copy.deepcopy(network)
    for layer in made.modules():
        if isinstance(layer, nn.Conv2d | UpConv):
            largest = layer.weight.abs().amax(dim=(1, 2, 3), keepdim=True)
            scale = (largest / LEVELS).clamp(min=torch.finfo(torch.float32).tiny)
            layer.weight.copy_((layer.weight / scale).round() * scale)
    return made


def store(model: onnx.ModelProto) -> None:
    """Keep the convolutions' weights as eight-bit multiples, made floats as the graph is opened."""
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    names = [node.input[1] for node in graph.node if node.op_type == "Conv"]
    for place, name in enumerate(name for name in dict.fromkeys(names) if name in tensors):
        weights = numpy_helper.to_array(tensors[name])
        largest = np.abs(weights).max(axis=(1, 2, 3))
        scale = np.maximum(largest / np.float32(LEVELS), np.finfo(np.float32).tiny)
        multiples = np.rint(weights / scale[:, None, None, None]).astype(np.int8)
        graph.initializer.remove(tensors[name])
        kept = [
            numpy_helper.from_array(multiples, f"{name}/multiples"),
            numpy_helper.from_array(scale, f"{name}/scale"),
        ]
        graph.initializer.extend(kept)
        node = helper.make_node(
            "DequantizeLinear", [tensor.name for tensor in kept], [name], axis=0
        )
        graph.node.insert(place, node)
