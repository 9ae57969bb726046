from report.words import Naming


def test_object_ids_follow_names_synonyms_and_kinds() -> None:
    naming = Naming(["man", "horse,pony", "dog", "tennis ball"], same=[("dog", "hound")])
    assert naming.object_ids("man") == {0}
    assert naming.object_ids("pony") == {1}
    assert naming.object_ids("hound") == {2}
    assert naming.object_ids("puppy") == {2}  # a puppy is a dog
    assert naming.object_ids("animal") == {1, 2}  # both are animals
    assert naming.object_ids("ball") == {3}
    assert naming.object_ids("boat") == frozenset()


def test_object_ids_do_not_join_words_of_one_kind() -> None:
    assert Naming(["cat", "dog"]).object_ids("cat") == {0}
