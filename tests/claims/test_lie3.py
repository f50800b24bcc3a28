"""lie3, "Can you Lie to your Model? (3/3)": noise against volume, five models, levels of 5% to 30%."""

from dqsuite.plugin import case_of
from dqsuite.sources.lie3 import claims as lie3

test_noise_hurts_more = case_of(lie3.noise_hurts_more)
test_impact_is_mostly_positive = case_of(lie3.impact_is_mostly_positive)
test_four_classes_are_most_affected = case_of(lie3.four_classes_are_most_affected)
test_reduction_benefits_some = case_of(lie3.reduction_benefits_some)
test_lenet_is_weakest_for_bird = case_of(lie3.lenet_is_weakest_for_bird)
test_lenet_at_5_is_worse_than_others_at_30 = case_of(lie3.lenet_at_5_is_worse_than_others_at_30)
test_models_cope_differently = case_of(lie3.models_cope_differently)
test_data_beats_model = case_of(lie3.data_beats_model)
test_bad_cats_hurt_more = case_of(lie3.bad_cats_hurt_more)
test_bad_data_is_harder_to_fix = case_of(lie3.bad_data_is_harder_to_fix)
