"""`python -m autograd_scratch` is `autograd-scratch`."""

import sys

from .cli import main

sys.exit(main())
