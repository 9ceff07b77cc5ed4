//! The range of a learning rate.

/// Panics unless a learning rate is finite and at least 0.
///
/// Zero is allowed, because a schedule may end there.
#[track_caller]
pub(crate) fn check_lr(lr: f64) {
    assert!(
        lr.is_finite() && lr >= 0.0,
        "the learning rate is {lr:?}; it must be finite and at least 0"
    );
}
