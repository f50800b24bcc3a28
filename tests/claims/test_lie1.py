"""lie1, "Can you Lie to your Model? (1/3)": one model, label noise and less data, class by class."""

from dqsuite.plugin import case_of
from dqsuite.sources.lie1.claims import baseline, noise, volume

test_confusion_is_directional = case_of(baseline.confusion_is_directional)
test_cat_for_deer = case_of(baseline.cat_for_deer)
test_cat_dog_deer_are_lowest = case_of(baseline.cat_dog_deer_are_lowest)
test_frog_and_truck_are_easy = case_of(baseline.frog_and_truck_are_easy)
test_cats_for_frogs = case_of(baseline.cats_for_frogs)
test_airplane_is_stable = case_of(noise.airplane_is_stable)
test_cat_dog_frog_shift = case_of(noise.cat_dog_frog_shift)
test_classes_resist_unequally = case_of(noise.classes_resist_unequally)
test_cat_is_lowest_under_noise = case_of(noise.cat_is_lowest_under_noise)
test_bird_loses_most_under_noise = case_of(noise.bird_loses_most_under_noise)
test_frog_and_truck_are_stable = case_of(noise.frog_and_truck_are_stable)
test_bird_breaks_at_20 = case_of(noise.bird_breaks_at_20)
test_curves_bend_and_differ = case_of(noise.curves_bend_and_differ)
test_cat_and_dog_look_alike = case_of(noise.cat_and_dog_look_alike)
test_ten_thousand_are_cheap = case_of(volume.ten_thousand_are_cheap)
test_ten_thousand_cost_bird = case_of(volume.ten_thousand_cost_bird)
test_cat_is_lowest_and_bird_loses_most = case_of(volume.cat_is_lowest_and_bird_loses_most)
test_bird_falls_below_dog = case_of(volume.bird_falls_below_dog)
test_noise_against_volume = case_of(volume.noise_against_volume)
test_noise_is_worse_than_less = case_of(volume.noise_is_worse_than_less)
test_noise_is_worse_for_each_class = case_of(volume.noise_is_worse_for_each_class)
test_noise_and_less_differ_by_class = case_of(volume.noise_and_less_differ_by_class)
