"""What the coach says: a sentence on what is seen, one on what to do, and the words of the button that does it."""

from PySide6.QtCore import QCoreApplication

from app.core.config.config import TrainingConfig
from app.core.networks.findings import layer_label
from app.core.percentages import percent
from app.core.recipes.changes import changes
from app.core.runs.coach import Advice, Finding
from app.core.runs.remedies import Remedy, remedied

_MOST_CLASSES = 3


translate = QCoreApplication.translate


def sentences(advice: Advice, config: TrainingConfig) -> str:
    """What is found in a run of `config`, and what to do."""
    match advice.finding:
        case Finding.MEMORISING:
            said = f"{_memorising(advice)} {_kept(advice)}"
        case Finding.IMPROVING:
            said = _improving(advice)
        case Finding.TEST_WORSE | Finding.TEST_AS_GOOD:
            said = f"{_compared(advice)} {_plain(advice.finding)}"
        case Finding.EXPLODING | Finding.VANISHING | Finding.DEAD_UNITS | Finding.UNSETTLED:
            said = _inside(advice, config)
        case Finding.TEST_COPIES | Finding.IMBALANCE | Finding.UNSURE:
            said = _of_data(advice)
        case _:
            said = _plain(advice.finding)
    to_do = _to_do(advice, config)
    return f"{said} {to_do}" if to_do else said


def button_text(remedy: Remedy) -> str:
    """What the button of a remedy says."""
    return {
        Remedy.USUAL_RATE: translate("coach", "Change the rate"),
        Remedy.LOWER_RATE: translate("coach", "Lower the rate"),
        Remedy.CONSTANT_RATE: translate("coach", "Keep the rate"),
        Remedy.CLIP: translate("coach", "Clip gradients"),
        Remedy.RELU: translate("coach", "Use ReLU"),
        Remedy.LEAKY_RELU: translate("coach", "Use leaky ReLU"),
        Remedy.HE_NORMAL: translate("coach", "Use He's weights"),
        Remedy.NORMALIZE: translate("coach", "Normalize batches"),
        Remedy.LARGER_BATCHES: translate("coach", "Larger batches"),
        Remedy.MORE_EPOCHS: translate("coach", "More epochs"),
        Remedy.EARLY_STOPPING: translate("coach", "Stop early"),
        Remedy.DROPOUT: translate("coach", "Add dropout"),
        Remedy.AUGMENT: translate("coach", "Augment pictures"),
        Remedy.MORE_VALIDATION: translate("coach", "Validate on more"),
        Remedy.BALANCE: translate("coach", "Balance classes"),
        Remedy.LEAVE_OUT_COPIES: translate("coach", "Leave out copies"),
    }[remedy]


def change_text(remedy: Remedy, config: TrainingConfig, checked_with: int) -> str:
    """What the remedy changes, setting by setting: "learning rate 0.001"."""
    return ", ".join(change.words for change in changes(remedied(remedy, config, checked_with), config))


def _plain(finding: Finding) -> str:
    return {
        Finding.NOTHING_YET: translate(
            "coach", "The first epoch is running. A falling loss means that the network learns."
        ),
        Finding.STOPPED_EARLY: translate("coach", "The run ended in its first epoch: there is nothing to judge yet."),
        Finding.FAILED: translate("coach", "The run failed. The message above says why."),
        Finding.FAILED_RATE_HIGH: translate(
            "coach", "The run failed. The learning rate is far above what is usual for this optimizer; try {rate}."
        ),
        Finding.GUESSING: translate(
            "coach",
            "The loss is no lower than that of guessing, {guess}. The learning rate is a usual one: give it more "
            "epochs, or change the network.",
        ),
        Finding.GUESSING_RATE_HIGH: translate(
            "coach",
            "The loss is no lower than that of guessing, {guess}. The learning rate is probably too high; try {rate}.",
        ),
        Finding.GUESSING_RATE_LOW: translate(
            "coach",
            "The loss is still near {guess}, no better than guessing. The learning rate is very small; try {rate}.",
        ),
        Finding.JUMPING: translate(
            "coach", "The training loss jumped up instead of falling. A smaller learning rate makes it steadier."
        ),
        Finding.RATE_HIGH: translate(
            "coach",
            "The training loss has hardly fallen since the first epoch. The learning rate is far above what is usual; "
            "try {rate}.",
        ),
        Finding.RATE_LOW: translate(
            "coach", "The training loss falls, but slowly, and is still large. The learning rate is very small by now."
        ),
        Finding.TEST_WORSE: translate(
            "coach", "It knows its training pictures better than new ones: more pictures would help most."
        ),
        Finding.TEST_AS_GOOD: translate("coach", "What it learned also works on pictures it has not seen."),
        Finding.UNCHECKED: translate(
            "coach", "Nothing is kept aside for validation: only the test at the end can show whether it memorizes."
        ),
        Finding.LEVELLED_OFF: translate(
            "coach", "Validation loss has levelled off near epoch {best}. More epochs of the same will hardly help."
        ),
    }[finding]


def _improving(advice: Advice) -> str:
    if advice.at_end:
        return translate("coach", "It was still improving in its last epoch: training longer will probably help.")
    return translate("coach", "Validation improves: what it learns also works on pictures it has not seen.")


def _memorising(advice: Advice) -> str:
    return translate(
        "coach",
        "Since epoch {best} validation loss has risen while training loss fell: the network begins to memorize.",
    )


def _kept(advice: Advice) -> str:
    """Which epoch's weights there are, or will be."""
    if advice.stopped_early and not advice.keeps:
        return translate("coach", "Early stopping ended the run; the network is that of epoch {epoch}.")
    if advice.patience and advice.keeps and advice.is_over:
        return translate("coach", "The network is that of epoch {best}, as early stopping keeps the best.")
    if advice.patience and advice.keeps:
        return translate("coach", "Early stopping will keep epoch {best}, unless a later one is better.")
    if advice.patience:
        return translate("coach", "Early stopping will soon end the run.")
    return translate("coach", "Epoch {best} was the best; with early stopping it would be kept.")


def _compared(advice: Advice) -> str:
    return translate("coach", "Right in training: {train}; in the test: {right} of {samples}.")


def _inside(advice: Advice, config: TrainingConfig) -> str:
    """What only a look inside the network shows."""
    match advice.finding:
        case Finding.DEAD_UNITS:
            layer = layer_label(advice.layer, config.layers[advice.layer])
            words = translate(
                "coach",
                "{layer}: {share} of its units are dead. Their ReLU gave 0 for every picture, so they learn nothing.",
            )
            return words.replace("{layer}", layer)
        case Finding.VANISHING:
            return translate(
                "coach",
                "The gradient vanishes: the first layer gets {times} of what the last one gets ({first} and {last}), "
                "and hardly learns.",
            )
        case Finding.UNSETTLED:
            return translate(
                "coach",
                "Batch normalization has not settled: the variance it keeps is {shift} times off that of the pictures, "
                "with batches of {samples}.",
            )
        case _ if advice.share or advice.other_share:
            return translate(
                "coach", "The gradient explodes: its norm is {first} in the first layer, {last} in the last."
            )
        case _:
            return translate(
                "coach", "The loss became NaN: the gradient exploded, though the learning rate is a usual one."
            )


def _of_data(advice: Advice) -> str:
    """What the pictures show."""
    match advice.finding:
        case Finding.TEST_COPIES:
            return translate(
                "coach",
                "{right} of the {samples} test pictures are among the training pictures, too: the test tells too good "
                "a story of new ones.",
            )
        case Finding.IMBALANCE:
            return translate(
                "coach",
                "Classes are unbalanced: {classes} with {right} training pictures, another with {samples}. Of the rare "
                "ones {share} are read right, of all {other}.",
            )
        case _:
            return translate(
                "coach",
                "Validation has only {samples} pictures: {right} of them right can mean anything from {low} to {high}. "
                "The epochs lie only {share} apart, which may be chance.",
            )


def _to_do(advice: Advice, config: TrainingConfig) -> str:
    """What to do, as far as it is not said."""
    if advice.finding in _SAY_IT or advice.remedy is None:
        return ""
    return {
        Remedy.USUAL_RATE: translate("coach", "Try a learning rate of {rate}."),
        Remedy.LOWER_RATE: translate("coach", "Try a smaller learning rate."),
        Remedy.CONSTANT_RATE: translate("coach", "Try it without a schedule."),
        Remedy.CLIP: translate("coach", "Clip gradients, so that none is longer than 1."),
        Remedy.RELU: translate("coach", "ReLU does not flatten what passes through it."),
        Remedy.LEAKY_RELU: translate("coach", "A leaky ReLU never falls silent."),
        Remedy.HE_NORMAL: translate("coach", "He's initial weights suit ReLU."),
        Remedy.NORMALIZE: translate("coach", "Batch normalization after each layer keeps it alive."),
        Remedy.LARGER_BATCHES: translate("coach", "Batches of 32 tell enough of the pictures."),
        Remedy.MORE_EPOCHS: translate("coach", "Try twice as many epochs."),
        Remedy.EARLY_STOPPING: translate("coach", "Early stopping saves the rest."),
        Remedy.DROPOUT: translate("coach", "Dropout makes memorizing harder."),
        Remedy.AUGMENT: translate("coach", "Pictures that are moved and turned a little are as good as more of them."),
        Remedy.MORE_VALIDATION: translate("coach", "Keep more pictures aside."),
        Remedy.BALANCE: translate("coach", "Show the rare ones more often."),
        Remedy.LEAVE_OUT_COPIES: translate("coach", "Train without them."),
    }[advice.remedy]


_SAY_IT = {
    Finding.FAILED_RATE_HIGH,
    Finding.GUESSING,
    Finding.GUESSING_RATE_HIGH,
    Finding.GUESSING_RATE_LOW,
    Finding.JUMPING,
    Finding.RATE_HIGH,
    Finding.IMPROVING,
}
"""Their sentences tell what to do themselves."""


def filled(words: str, advice: Advice) -> str:
    """A sentence with the figures of an advice."""
    shown = ", ".join(f"“{name}”" for name in advice.classes[:_MOST_CLASSES])
    more = len(advice.classes) - _MOST_CLASSES
    return words.format(
        best=advice.best,
        epoch=advice.epoch,
        guess=f"{advice.guess_loss:.2f}",
        rate=f"{advice.rate:g}",
        train=percent(advice.train_accuracy),
        right=f"{advice.right:,}",
        samples=f"{advice.samples:,}",
        share=percent(advice.share, 0),
        other=percent(advice.other_share, 0),
        first=f"{advice.share:.2g}",
        last=f"{advice.other_share:.2g}",
        times=percent(advice.share / advice.other_share, 2) if advice.other_share else "0%",
        shift=f"{advice.share:.1f}",
        low=f"{advice.low:.0%}",
        high=f"{advice.high:.0%}",
        classes=translate("coach", "{shown} and {more} more").format(shown=shown, more=more) if more > 0 else shown,
    )
