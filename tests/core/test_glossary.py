"""The glossary is whole, and finds its terms in the words of the window."""

from app.core.glossary import glossary, terms_in


def names(text: str) -> list[str]:
    return [term.name for term in terms_in(text)]


def test_every_form_belongs_to_one_term_and_every_term_is_explained() -> None:
    forms = [form.lower() for term in glossary() for form in (term.name, *term.words)]
    assert sorted(forms) == sorted(set(forms))
    assert all(term.text.endswith(".") for term in glossary())


def test_the_words_that_a_beginner_meets_are_there() -> None:
    assert {"softmax", "logits", "epoch", "loss", "accuracy"} <= {
        form for term in glossary() for form in (term.name, *term.words)
    }


def test_terms_are_found_whatever_their_case_and_once() -> None:
    assert names("Learning rate: the learning rate of the epoch") == ["learning rate", "epoch"]


def test_the_longest_term_counts() -> None:
    assert names("Validation loss") == ["validation"]
    assert names("loss of the validation") == ["loss", "validation"]


def test_parts_of_words_are_no_terms() -> None:
    assert names("A lossless classroom, steps apart") == []
