"""Networks: what Keras will make of declared layers, building them, and drawing them."""
