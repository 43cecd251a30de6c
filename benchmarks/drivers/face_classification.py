"""Transform an image, with stand-ins for the heavy libraries (numpy is real)."""

import sys
from unittest.mock import MagicMock

import numpy as np

for name in ("scipy", "scipy.misc", "scipy.ndimage", "cv2"):
    sys.modules[name] = MagicMock()

from utils import data_augmentation

generator = data_augmentation.ImageGenerator({}, 1, (8, 8), [], [])
generator.transform(np.ones((8, 8, 3)) * 100, np.array([[0, 0, 1, 1]]))
