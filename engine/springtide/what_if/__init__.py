"""What if: the same rules on changed evidence, exact answers, and every assumption listed. Nothing here is written down."""
