"""The short programs that go with a model that is handed out: each reads one picture, prepared as training's were.

They do the main of what `app.core.imaging.preprocess` does; `SIMPLER` says what they leave out.
"""

from dataclasses import dataclass

from app.core.imaging.preprocess import Preprocessing
from app.core.models.export.forms import ExportForm

SIMPLER = {
    Preprocessing.DIGITS: (
        "The example finds ink on even paper, fits it into 20 x 20 pixels and puts its centre of mass into the middle "
        "of 28 x 28, as MNIST was made. Softmax Studio does more: it evens out shadows, removes ruled lines and "
        "specks, gives all pens the same width, and reads numbers of several digits."
    ),
    Preprocessing.CLOTHES: (
        "The example expects one piece on an even background, makes that black and fits the piece into 28 x 28 pixels, "
        "as Fashion-MNIST was made. Softmax Studio does more: it cuts the piece out of a photograph and evens out its "
        "light."
    ),
    Preprocessing.WHOLE: "The example takes all of a picture in grey, as Softmax Studio does.",
}

_PYTHON_PREPARES = {
    Preprocessing.DIGITS: '''\
def prepare(path):
    """The ink of a picture as MNIST has it: 28 x 28 numbers in 0..1, 1 = ink."""
    grey = np.asarray(Image.open(path).convert("L"), np.float32) / 255
    paper = np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
    ink = np.abs(grey - paper)
    ink = np.where(ink > 0.3 * ink.max(), ink / max(ink.max(), 0.01), 0)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    crop = Image.fromarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    size = [max(1, round(side * 20 / max(crop.size))) for side in crop.size]
    ink = np.asarray(crop.resize(size, Image.Resampling.BOX))
    centre = (np.indices(ink.shape) * ink).sum((1, 2)) / ink.sum()
    top, left = (min(max(round(13.5 - mass), 0), 28 - side) for mass, side in zip(centre, ink.shape))
    picture = np.zeros((28, 28), np.float32)
    picture[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return picture
''',
    Preprocessing.CLOTHES: '''\
def prepare(path):
    """A piece on an even background as Fashion-MNIST has it: 28 x 28 numbers in 0..1, 0 = background."""
    grey = np.asarray(Image.open(path).convert("L"), np.float32) / 255
    background = np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
    piece = np.abs(grey - background) > 0.05
    light = np.where(piece, 1 - grey if background > 0.5 else grey, 0)
    rows, columns = np.flatnonzero(piece.any(1)), np.flatnonzero(piece.any(0))
    crop = Image.fromarray(light[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    size = [max(1, round(side * 28 / max(crop.size))) for side in crop.size]
    light = np.asarray(crop.resize(size, Image.Resampling.BOX))
    top, left = ((28 - side) // 2 for side in light.shape)
    picture = np.zeros((28, 28), np.float32)
    picture[top : top + light.shape[0], left : left + light.shape[1]] = light / max(light.max(), 0.25)
    return picture
''',
    Preprocessing.WHOLE: '''\
def prepare(path):
    """All of a picture in grey: 28 x 28 numbers in 0..1, 1 = bright."""
    grey = Image.open(path).convert("L")
    size = [max(1, round(side * 28 / max(grey.size))) for side in grey.size]
    light = np.asarray(grey.resize(size, Image.Resampling.BOX), np.float32) / 255
    border = np.median(np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]]))
    top, left = ((28 - side) // 2 for side in light.shape)
    picture = np.full((28, 28), border, np.float32)
    picture[top : top + light.shape[0], left : left + light.shape[1]] = light
    return picture
''',
}


@dataclass(frozen=True)
class _Reader:
    """What must be installed and imported, and how `picture` (1, 28, 28, 1) becomes `probabilities` (classes,)."""

    packages: str
    imports: str
    code: str


_KERAS = "import keras\nimport numpy as np\nfrom PIL import Image"
_LITERT = "import numpy as np\nfrom ai_edge_litert.interpreter import Interpreter\nfrom PIL import Image"
_ALLOCATE = """\
network = Interpreter("{file}")
network.allocate_tensors()
(given,), (gives,) = network.get_input_details(), network.get_output_details()
"""
_READERS = {
    ExportForm.KERAS: _Reader(
        "tensorflow pillow",
        _KERAS,
        'network = keras.models.load_model("{file}")\nprobabilities = network(picture).numpy()[0]\n',
    ),
    ExportForm.H5: _Reader(
        "tensorflow pillow",
        _KERAS,
        'network = keras.models.load_model("{file}", compile=False)\nprobabilities = network(picture).numpy()[0]\n',
    ),
    ExportForm.SAVED_MODEL: _Reader(
        "tensorflow pillow",
        "import numpy as np\nimport tensorflow as tf\nfrom PIL import Image",
        'network = tf.saved_model.load("{file}")\nanswer = network.signatures["serving_default"]\n'
        'probabilities = answer(pictures=tf.constant(picture))["probabilities"].numpy()[0]\n',
    ),
    ExportForm.TFLITE: _Reader(
        "ai-edge-litert numpy pillow",
        _LITERT,
        _ALLOCATE + 'network.set_tensor(given["index"], picture)\nnetwork.invoke()\n'
        'probabilities = network.get_tensor(gives["index"])[0]\n',
    ),
    ExportForm.TFLITE_INT8: _Reader(
        "ai-edge-litert numpy pillow",
        _LITERT,
        _ALLOCATE + 'scale, zero = given["quantization"]\n'
        'network.set_tensor(given["index"], np.clip(np.round(picture / scale + zero), -128, 127).astype(np.int8))\n'
        'network.invoke()\nscale, zero = gives["quantization"]\n'
        'probabilities = (network.get_tensor(gives["index"])[0].astype(np.float32) - zero) * scale\n',
    ),
    ExportForm.ONNX: _Reader(
        "onnxruntime numpy pillow",
        "import numpy as np\nfrom onnxruntime import InferenceSession\nfrom PIL import Image",
        'network = InferenceSession("{file}")\nprobabilities = network.run(None, {{"pictures": picture}})[0][0]\n',
    ),
}
_PYTHON = '''\
"""Read one picture: python example.py picture.png"""

import sys

{imports}


{prepare}

picture = prepare(sys.argv[1])[None, :, :, None]
{read}
names = open("classes.txt", encoding="utf-8").read().splitlines()
for number in np.argsort(-probabilities)[:3]:
    print(f"{{names[number]}}: {{probabilities[number]:.1%}}")
'''

# In a browser: an area is averaged by hand, for a canvas blurs what it makes much smaller.

_JS_PREPARES = {
    Preprocessing.DIGITS: """\
  const side = 20, most = grey.reduce((so, value) => Math.max(so, Math.abs(value - border)), 0.01);
  const ink = grey.map((value) => Math.abs(value - border)).map((value) => (value > 0.3 * most ? value / most : 0));
""",
    Preprocessing.CLOTHES: """\
  const side = 28;
  const ink = grey.map((value) => (Math.abs(value - border) > 0.05 ? (border > 0.5 ? 1 - value : value) : 0));
""",
    Preprocessing.WHOLE: """\
  const side = 28, ink = grey.map((value) => Math.max(value, 1e-6)); // above 0: all of it
""",
}
_JS_PLACES = {
    Preprocessing.DIGITS: """\
  let mass = 0, x = 0, y = 0;
  small.forEach((value, at) => { mass += value; x += value * (at % w); y += value * Math.floor(at / w); });
  const left = Math.min(Math.max(Math.round(13.5 - x / mass), 0), 28 - w);
  const top = Math.min(Math.max(Math.round(13.5 - y / mass), 0), 28 - h);
""",
    Preprocessing.CLOTHES: """\
  const brightest = Math.max(0.25, ...small);
  small.forEach((value, at) => { small[at] = value / brightest; });
  const left = (28 - w) >> 1, top = (28 - h) >> 1;
""",
    Preprocessing.WHOLE: """\
  const left = (28 - w) >> 1, top = (28 - h) >> 1;
""",
}
_JS = """\
// A picture, `width` x `height` numbers in 0..1 row by row, as the network was trained on: 28 x 28 numbers in 0..1.
function prepare(grey, width, height) {
  const isEdge = (_, at) => at < width || at >= width * (height - 1) || at % width === 0 || at % width === width - 1;
  const edge = grey.filter(isEdge).sort((a, b) => a - b), border = edge[edge.length >> 1];
INK  const places = ink.map((value, at) => (value > 0 ? at : -1)).filter((at) => at >= 0);
  const columns = places.map((at) => at % width), first = Math.floor(places[0] / width);
  const [x0, x1] = columns.reduce(([a, b], at) => [Math.min(a, at), Math.max(b, at)], [width, 0]);
  const across = x1 - x0 + 1, down = Math.floor(places[places.length - 1] / width) - first + 1;
  const scale = side / Math.max(across, down);
  const w = Math.max(1, Math.round(across * scale)), h = Math.max(1, Math.round(down * scale));
  const small = Array.from({ length: w * h }, (_, at) => { // the mean of the square that each becomes
    const left = Math.floor(((at % w) * across) / w), right = Math.ceil((((at % w) + 1) * across) / w);
    const row = Math.floor(at / w), top = Math.floor((row * down) / h), bottom = Math.ceil(((row + 1) * down) / h);
    let sum = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += ink[(first + y) * width + x0 + x];
    return sum / ((bottom - top) * (right - left));
  });
PLACE  const picture = new Float32Array(784);
  small.forEach((value, at) => { picture[(top + Math.floor(at / w)) * 28 + left + (at % w)] = value; });
  return picture;
}

// The probabilities of all classes.
async function read(network, picture) {
  return network.predict(tf.tensor(picture, [1, 28, 28, 1])).data();
}

async function show(file) {
  const bitmap = await createImageBitmap(file), canvas = document.createElement("canvas");
  const scale = Math.min(1, 560 / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const paper = canvas.getContext("2d");
  paper.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const bytes = paper.getImageData(0, 0, canvas.width, canvas.height).data;
  const grey = Array.from({ length: bytes.length / 4 }, (_, at) =>
    (0.299 * bytes[4 * at] + 0.587 * bytes[4 * at + 1] + 0.114 * bytes[4 * at + 2]) / 255);
  const probabilities = await read(await tf.loadGraphModel("model.json"), prepare(grey, canvas.width, canvas.height));
  const names = (await (await fetch("classes.txt")).text()).trimEnd().split("\\n");
  const best = [...names.keys()].sort((a, b) => probabilities[b] - probabilities[a]).slice(0, 3);
  document.querySelector("pre").textContent = best
    .map((at) => `${names[at]}: ${(100 * probabilities[at]).toFixed(1)}%`).join("\\n");
}
"""
PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Read a picture</title>
<p><label>Picture: <input type="file" accept="image/*" onchange="show(this.files[0])"></label></p>
<pre></pre>
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/dist/tf.min.js" crossorigin="anonymous"
  integrity="sha384-vE8hbVJ4lezako5rlvE7bY0BVzWlFhZncPlckrqNwcUQpVtgbENTgZ8TBbnPjZre"></script>
<script src="example.js"></script>
</html>
"""


def example_files(form: ExportForm, preprocessing: Preprocessing) -> dict[str, str]:
    """A program that reads one picture with the files beside it, by its files' names."""
    if form is ExportForm.TFJS:
        script = _JS.replace("INK", _JS_PREPARES[preprocessing]).replace("PLACE", _JS_PLACES[preprocessing])
        return {"example.html": PAGE, "example.js": script}
    reader = _READERS[form]
    read = reader.code.format(file=form.file_name)
    return {"example.py": _PYTHON.format(imports=reader.imports, prepare=_PYTHON_PREPARES[preprocessing], read=read)}


def how_to_run(form: ExportForm) -> str:
    """The commands that run the example."""
    if form is ExportForm.TFJS:
        return "python -m http.server\n# open http://localhost:8000/example.html; it loads TensorFlow.js from the web"
    return f"pip install {_READERS[form].packages}\npython example.py picture.png"
