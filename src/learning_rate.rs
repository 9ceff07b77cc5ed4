//! What a learning rate may be.

/// Makes sure that a learning rate is one: a finite number that is not negative.
///
/// Zero is fine. A schedule may end there, and a step with it changes nothing.
#[track_caller]
pub(crate) fn check_lr(lr: f64) {
    assert!(
        lr.is_finite() && lr >= 0.0,
        "the learning rate is {lr:?}; it must be a finite number and not negative"
    );
}
