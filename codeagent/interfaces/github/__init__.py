"""The GitHub Action: one review of a pull request or push, told in every place where GitHub shows things."""
