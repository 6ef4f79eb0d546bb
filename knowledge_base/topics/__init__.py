"""Which of the desk's subjects a message is about, read from its words.

The phrases are in en.txt and fr.txt, for people to read and edit; `python -m
knowledge_base.topics.train` makes weights.en.tsv and weights.fr.tsv from them.
"""

from knowledge_base.topics.model import NONE, TopicModel, topic_model

__all__ = ["NONE", "TopicModel", "topic_model"]
