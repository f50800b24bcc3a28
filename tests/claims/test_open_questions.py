"""What the sources leave open: measured on lie1's model and data set, and reported without an expectation."""

from dqsuite.plugin import case_of
from dqsuite.sources.open import claims as open_questions

test_clean_volume_that_equals_noise = case_of(open_questions.clean_volume_that_equals_noise)
test_noise_over_volume = case_of(open_questions.noise_over_volume)
test_merging_cat_and_dog = case_of(open_questions.merging_cat_and_dog)
test_spread_of_classes_over_volume = case_of(open_questions.spread_of_classes_over_volume)
