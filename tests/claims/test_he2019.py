"""He et al. 2019, "From data quality to model quality": classes, size, labels and images, judged at the last epoch."""

from dqsuite.plugin import case_of
from dqsuite.sources.he2019.claims import classes, images, labels, size

test_mnist_drop_class = case_of(classes.mnist_drop_class)
test_all_other_classes_suffer = case_of(classes.all_other_classes_suffer)
test_dropping_equals_relabelling = case_of(classes.dropping_equals_relabelling)
test_cost_depends_on_the_class = case_of(classes.cost_depends_on_the_class)
test_labels_that_change = case_of(classes.labels_that_change)
test_mnist_size_matters_little = case_of(size.mnist_size_matters_little)
test_knee_at_10k = case_of(size.knee_at_10k)
test_more_is_better = case_of(size.more_is_better)
test_never_regains_its_peak = case_of(labels.never_regains_its_peak)
test_labels_hurt_most = case_of(labels.labels_hurt_most)
test_mnist_falls_to_90 = case_of(labels.mnist_falls_to_90)
test_mnist_collapses = case_of(labels.mnist_collapses)
test_stronger_contrast_costs_more = case_of(images.stronger_contrast_costs_more)
test_little_gaussian_noise_helps = case_of(images.little_gaussian_noise_helps)
test_small_pictures_suffer_more = case_of(images.small_pictures_suffer_more)
test_salt_and_pepper_never_helps = case_of(images.salt_and_pepper_never_helps)
test_salt_and_pepper_can_help = case_of(images.salt_and_pepper_can_help)
test_brightness_hurts_symmetrically = case_of(images.brightness_hurts_symmetrically)
test_brightness_does_not_help = case_of(images.brightness_does_not_help)
test_brightness_helps = case_of(images.brightness_helps)
test_image_noise_is_mildest = case_of(images.image_noise_is_mildest)
