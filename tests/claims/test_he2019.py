"""He et al. 2019, "From data quality to model quality": classes, size, labels and images, judged at the last epoch."""

from dqsuite.plugin import case_of
from dqsuite.sources.he2019 import claims as he2019

test_mnist_drop_class = case_of(he2019.mnist_drop_class)
test_all_other_classes_suffer = case_of(he2019.all_other_classes_suffer)
test_dropping_equals_relabelling = case_of(he2019.dropping_equals_relabelling)
test_cost_depends_on_the_class = case_of(he2019.cost_depends_on_the_class)
test_labels_that_change = case_of(he2019.labels_that_change)
test_mnist_size_matters_little = case_of(he2019.mnist_size_matters_little)
test_knee_at_10k = case_of(he2019.knee_at_10k)
test_more_is_better = case_of(he2019.more_is_better)
test_never_regains_its_peak = case_of(he2019.never_regains_its_peak)
test_labels_hurt_most = case_of(he2019.labels_hurt_most)
test_mnist_collapses = case_of(he2019.mnist_collapses)
test_stronger_contrast_costs_more = case_of(he2019.stronger_contrast_costs_more)
test_little_gaussian_noise_helps = case_of(he2019.little_gaussian_noise_helps)
test_small_pictures_suffer_more = case_of(he2019.small_pictures_suffer_more)
test_salt_and_pepper_never_helps = case_of(he2019.salt_and_pepper_never_helps)
test_salt_and_pepper_can_help = case_of(he2019.salt_and_pepper_can_help)
test_brightness_hurts_symmetrically = case_of(he2019.brightness_hurts_symmetrically)
test_brightness_does_not_help = case_of(he2019.brightness_does_not_help)
test_brightness_helps = case_of(he2019.brightness_helps)
test_image_noise_is_mildest = case_of(he2019.image_noise_is_mildest)
