"""A number in one drawing or picture, taken apart: which ink may be one digit. Which of it is, the network decides."""
