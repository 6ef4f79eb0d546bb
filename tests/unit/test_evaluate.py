"""Scoring of rankings, by hand-made examples."""

import json
from pathlib import Path

import pytest

from knowledge_base.evaluate import (
    evaluate_collection,
    index_collection,
    ndcg,
    read_collection,
    recall,
    reciprocal_rank,
    trec,
)

GRADES = {"a": 2, "b": 1, "c": 0}


def test_a_perfect_ranking_scores_one_and_an_empty_one_nothing() -> None:
    assert ndcg(["a", "b"], GRADES) == pytest.approx(1)
    assert ndcg(["b", "a"], GRADES) < 1
    assert ndcg([], GRADES) == recall([], GRADES) == reciprocal_rank([], GRADES) == 0


def test_recall_and_reciprocal_rank_count_relevant_passages_only() -> None:
    assert recall(["c", "a"], GRADES) == 0.5
    assert reciprocal_rank(["c", "b"], GRADES) == 0.5


def test_a_collection_is_read_ranked_and_written_as_a_run(tmp_path: Path) -> None:
    subjects = ["flood", "snow", "permit", "library", "bridge"]
    passages = [
        {"id": f"p{place}", "title": word, "text": f"About the {word} of our town."}
        for place, word in enumerate(subjects)
    ]
    queries = [
        {"id": "q0", "text": "snow"},
        {"id": "q1", "text": "and then?", "history": [["user", "the bridge"], ["bot", "the flood"]]},
    ]
    (tmp_path / "passages.jsonl").write_text("\n".join(map(json.dumps, passages)))
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (tmp_path / "qrels.tsv").write_text("q0\tp1\t1\nq1\tp4\t1\n")
    collection = read_collection(tmp_path)
    index = index_collection(collection, "en")
    alone = evaluate_collection(index, collection, "en")
    told = evaluate_collection(index, collection, "en", history=True)
    assert (alone.queries, alone.recall_at_1, told.recall_at_1) == (2, 0.5, 1.0)
    assert trec(alone.run).startswith("q0 Q0 p1 1 ")
