import numpy as np
import pytest
import torch
from torch import nn

from spooftrace.export.eight_bits import rounded


def test_weights_are_whole_multiples_of_a_127th_of_their_channels_largest() -> None:
    layer = nn.Conv2d(3, 3, 1, bias=False)
    weights = [[127.0, 63.4, -1.6], [-2.54, 0.011, 0.0], [0.0, 0.0, 0.0]]
    layer.weight.data = torch.tensor(weights).reshape(3, 3, 1, 1)
    found = rounded(nn.Sequential(layer))[0].weight.reshape(3, 3)
    expected = [[127.0, 63.0, -2.0], [-2.54, 0.02, 0.0], [0.0, 0.0, 0.0]]
    np.testing.assert_allclose(found.detach(), expected, rtol=1e-6)
    assert layer.weight[0, 1, 0, 0].item() == pytest.approx(63.4)  # it is a copy
