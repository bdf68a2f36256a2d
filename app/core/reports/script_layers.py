"""Source of augmentation layers that Keras has not: they do what `app.core.training.augmentation` does."""

SLANT = '''class RandomSlant(layers.Layer):
    """Slants each training picture to either side, around its centre."""

    def __init__(self, most, seed):
        super().__init__()
        self.most, self.noise = most, keras.random.SeedGenerator(seed)
        self.supports_jit = False

    def call(self, images, training=False):
        if not training:
            return images
        count = ops.shape(images)[0]
        slant = keras.random.uniform((count,), -self.most, self.most, seed=self.noise)
        zero, one = ops.zeros_like(slant), ops.ones_like(slant)
        # A pixel (x, y) takes its value from (x + slant * (y - 13.5), y).
        rows = [one, slant, -13.5 * slant, zero, one, zero, zero, zero]
        return ops.image.affine_transform(images, ops.stack(rows, axis=1))'''

STROKE = '''class RandomStroke(layers.Layer):
    """Makes the lines of each training picture thicker or thinner."""

    def __init__(self, most, seed):
        super().__init__()
        self.most, self.noise = most, keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        shape = (ops.shape(images)[0], 1, 1, 1)
        width = keras.random.uniform(shape, -self.most, self.most, seed=self.noise)
        thick = ops.max_pool(images, 3, strides=1, padding="same")
        thin = -ops.max_pool(-images, 3, strides=1, padding="same")
        # One pixel all round makes a line two pixels wider: half of it for one.
        target = ops.where(width > 0, thick, thin)
        return images + ops.abs(width) / 2 * (target - images)'''

BEND = '''class RandomBend(layers.Layer):
    """Bends each training picture like rubber: a coarse grid of random shifts, interpolated."""

    def __init__(self, most, seed):
        super().__init__()
        self.most, self.noise = most, keras.random.SeedGenerator(seed)
        self.supports_jit = False

    def call(self, images, training=False):
        if not training:
            return images
        count = ops.shape(images)[0]
        coarse = self.most / 2 * keras.random.normal((count, 6, 6, 2), seed=self.noise)
        shifts = ops.image.resize(coarse, (28, 28), interpolation="bicubic")
        rows, columns = ops.meshgrid(ops.arange(28.0), ops.arange(28.0), indexing="ij")
        rows = ops.clip(rows + shifts[..., 0], 0, 26.99)
        columns = ops.clip(columns + shifts[..., 1], 0, 26.99)
        top, left = ops.floor(rows), ops.floor(columns)
        down, right = rows - top, columns - left
        pixels = ops.reshape(images, (count, 784))
        corner = ops.reshape(ops.cast(top * 28 + left, "int32"), (count, 784))

        def taken(step):
            values = ops.take_along_axis(pixels, corner + step, axis=1)
            return ops.reshape(values, (count, 28, 28))

        above = taken(0) * (1 - right) + taken(1) * right
        below = taken(28) * (1 - right) + taken(29) * right
        return (above * (1 - down) + below * down)[..., None]'''

BLUR = '''class RandomBlur(layers.Layer):
    """Blurs a quarter of the training pictures, more or less."""

    def __init__(self, sigma, seed):
        super().__init__()
        self.noise = keras.random.SeedGenerator(seed)
        weights = np.exp(-0.5 * (np.arange(-3, 4) / sigma) ** 2).astype("float32")
        self.kernel = np.outer(weights, weights)[..., None, None] / weights.sum() ** 2

    def call(self, images, training=False):
        if not training:
            return images
        smooth = ops.conv(images, self.kernel, padding="same")
        shape = (ops.shape(images)[0], 1, 1, 1)
        share = keras.random.uniform(shape, -3, 1, seed=self.noise)
        return images + ops.relu(share) * (smooth - images)'''

ERASE = '''class RandomErase(layers.Layer):
    """Wipes a rectangle out of half of the training pictures."""

    def __init__(self, most, seed):
        super().__init__()
        self.most, self.noise = most, keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        chance = keras.random.uniform((ops.shape(images)[0], 6), seed=self.noise)
        half, middle = chance[:, :2] * self.most * 14, chance[:, 2:4] * 28
        places = ops.arange(28.0) + 0.5
        inside = ops.abs(places - middle[..., None]) < half[..., None]
        hidden = ops.logical_and(inside[:, 0, :, None], inside[:, 1, None, :])
        hidden = ops.logical_and(hidden, chance[:, 4, None, None] < 0.5)[..., None]
        # Black half of the time, otherwise some grey.
        grey = ops.relu(2 * chance[:, 5] - 1)[:, None, None, None]
        return ops.where(hidden, grey, images)'''

GRAIN = '''class RandomGrain(layers.Layer):
    """Gives a quarter of the training pictures some noise."""

    def __init__(self, most, seed):
        super().__init__()
        self.most, self.noise = most, keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        shape = (ops.shape(images)[0], 1, 1, 1)
        strength = keras.random.uniform(shape, -3, 1, seed=self.noise)
        grain = keras.random.normal(ops.shape(images), seed=self.noise)
        return ops.clip(images + ops.relu(strength) * self.most * grain, 0, 1)'''

NEGATIVE = '''class RandomNegative(layers.Layer):
    """Shows some training pictures dark on light."""

    def __init__(self, share, seed):
        super().__init__()
        self.share, self.noise = share, keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        chance = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), seed=self.noise)
        return ops.where(chance < self.share, 1 - images, images)'''
