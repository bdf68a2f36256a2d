"""The paper on the Recognize page: mouse, finger and pen in, a drawing out."""
