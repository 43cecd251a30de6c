"""The parts of a review that ask several floors: reach, people, risk, remarks."""
