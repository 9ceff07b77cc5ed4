use checks::overflow as check;
use solutions::overflow as solution;

use crate::passes;

#[test]
fn solutions_pass() {
    passes("overflow", "naive_softmax", || {
        check::naive_softmax(solution::naive_softmax, solution::outcomes)
    });
    passes("overflow", "stable_softmax", || {
        check::stable_softmax(solution::stable_softmax)
    });
    passes("overflow", "log_sum_exp", || {
        check::log_sum_exp(solution::log_sum_exp)
    });
    passes("overflow", "log_softmax", || {
        check::log_softmax(solution::log_softmax)
    });
    passes("overflow", "cross_entropy", || {
        check::cross_entropy(solution::cross_entropy)
    });
}
