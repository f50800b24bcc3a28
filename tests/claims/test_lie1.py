"""lie1, "Can you Lie to your Model? (1/3)": one model, label noise and less data, class by class."""

from dqsuite.plugin import case_of
from dqsuite.sources.lie1 import claims as lie1

test_confusion_is_directional = case_of(lie1.confusion_is_directional)
test_cat_for_deer = case_of(lie1.cat_for_deer)
test_cat_dog_deer_are_lowest = case_of(lie1.cat_dog_deer_are_lowest)
test_cats_for_frogs = case_of(lie1.cats_for_frogs)
test_airplane_is_stable = case_of(lie1.airplane_is_stable)
test_cat_dog_frog_shift = case_of(lie1.cat_dog_frog_shift)
test_classes_resist_unequally = case_of(lie1.classes_resist_unequally)
test_cat_is_lowest_under_noise = case_of(lie1.cat_is_lowest_under_noise)
test_bird_loses_most_under_noise = case_of(lie1.bird_loses_most_under_noise)
test_ten_thousand_are_cheap = case_of(lie1.ten_thousand_are_cheap)
test_ten_thousand_cost_bird = case_of(lie1.ten_thousand_cost_bird)
test_cat_is_lowest_and_bird_loses_most = case_of(lie1.cat_is_lowest_and_bird_loses_most)
test_noise_against_volume = case_of(lie1.noise_against_volume)
test_frog_and_truck_are_stable = case_of(lie1.frog_and_truck_are_stable)
test_bird_breaks_at_20 = case_of(lie1.bird_breaks_at_20)
test_curves_bend_and_differ = case_of(lie1.curves_bend_and_differ)
test_noise_is_worse_than_less = case_of(lie1.noise_is_worse_than_less)
test_noise_is_worse_for_each_class = case_of(lie1.noise_is_worse_for_each_class)
test_noise_and_less_differ_by_class = case_of(lie1.noise_and_less_differ_by_class)
test_bird_falls_below_dog = case_of(lie1.bird_falls_below_dog)
test_cat_and_dog_look_alike = case_of(lie1.cat_and_dog_look_alike)
