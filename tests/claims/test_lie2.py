"""lie2, "Can you Lie to your Model? (2/3)": whether the sensitivity of a class depends on the model."""

from dqsuite.plugin import case_of
from dqsuite.sources.lie2.claims import baseline, noise, sensitivity

test_baseline_is_reached = case_of(baseline.baseline_is_reached)
test_lenet_is_far_behind = case_of(baseline.lenet_is_far_behind)
test_skip_connections_help = case_of(baseline.skip_connections_help)
test_worst_class_depends_on_model = case_of(baseline.worst_class_depends_on_model)
test_bird_is_weak_on_clean_data = case_of(baseline.bird_is_weak_on_clean_data)
test_cats_for_dogs_then_frogs = case_of(baseline.cats_for_dogs_then_frogs)
test_models_confuse_the_same = case_of(baseline.models_confuse_the_same)
test_confusion_is_directional = case_of(baseline.confusion_is_directional)
test_lenet_reacts_badly = case_of(noise.lenet_reacts_badly)
test_googlenet_is_stable = case_of(noise.googlenet_is_stable)
test_cat_and_bird_are_weakest_at_10 = case_of(noise.cat_and_bird_are_weakest_at_10)
test_cat_bird_and_dog_are_weak_at_30 = case_of(noise.cat_bird_and_dog_are_weak_at_30)
test_bird_or_dog_is_second_weakest = case_of(noise.bird_or_dog_is_second_weakest)
test_bird_and_cat_are_sensitive = case_of(noise.bird_and_cat_are_sensitive)
test_cat_is_most_sensitive = case_of(sensitivity.cat_is_most_sensitive)
test_the_same_classes_are_sensitive = case_of(sensitivity.the_same_classes_are_sensitive)
test_the_same_classes_need_data = case_of(sensitivity.the_same_classes_need_data)
test_cat_and_bird_need_data = case_of(sensitivity.cat_and_bird_need_data)
test_cat_and_bird_are_weak_at_tenth = case_of(sensitivity.cat_and_bird_are_weak_at_tenth)
test_noise_is_like_volume = case_of(sensitivity.noise_is_like_volume)
