"""The dataset poisoning study: wrong and biased labels, one CNN on four data sets, judged at the best epoch."""

from dqsuite.plugin import case_of
from dqsuite.sources.poisoning import claims as poisoning

test_mnist_survives_80_percent = case_of(poisoning.mnist_survives_80_percent)
test_robust_beyond_half = case_of(poisoning.robust_beyond_half)
test_harder_drops_first = case_of(poisoning.harder_drops_first)
test_cifar100_drops_early = case_of(poisoning.cifar100_drops_early)
test_biased_like_random_until_40 = case_of(poisoning.biased_like_random_until_40)
test_biased_drops_sooner = case_of(poisoning.biased_drops_sooner)
test_small_sets_suffer_earlier = case_of(poisoning.small_sets_suffer_earlier)
test_cifar100_small_does_not_train = case_of(poisoning.cifar100_small_does_not_train)
test_more_beats_better = case_of(poisoning.more_beats_better)
test_batch_of_32 = case_of(poisoning.batch_of_32)
test_poisoned_validation = case_of(poisoning.poisoned_validation)
test_larger_model = case_of(poisoning.larger_model)
