//! Early stopping: when the loss on new data no longer falls, stop.

/// Watches the loss on data that the network isn't trained on, and keeps the
/// best state so far.
///
/// ```
/// use no_magic::batched::EarlyStopping;
///
/// let mut stopping = EarlyStopping::new(2);
/// let mut stopped_after = None;
/// for (epoch, loss) in [0.9, 0.5, 0.6, 0.7, 0.4].into_iter().enumerate() {
///     if !stopping.should_continue(loss, &epoch) {
///         stopped_after = Some(epoch);
///         break;
///     }
/// }
/// assert_eq!(stopped_after, Some(3)); // two epochs in a row no better than 0.5
/// assert_eq!(stopping.best(), Some((0.5, &1)));
/// ```
///
/// Source: Prechelt, *Early Stopping — But When?*, 1998.
// ANCHOR: early_stopping
#[derive(Clone, Debug)]
pub struct EarlyStopping<S> {
    patience: usize,
    since_best: usize,
    best: Option<(f64, S)>,
}

impl<S: Clone> EarlyStopping<S> {
    /// Stops after `patience` losses in a row that are no better than the best.
    pub fn new(patience: usize) -> Self {
        Self { patience, since_best: 0, best: None }
    }

    /// Whether to continue after this loss. Keeps a copy of `state` if the loss is
    /// the best so far, which NaN and `∞` never are.
    pub fn should_continue(&mut self, loss: f64, state: &S) -> bool {
        let best = self.best().map_or(f64::INFINITY, |(best, _)| best);
        if loss < best {
            self.best = Some((loss, state.clone()));
            self.since_best = 0;
        } else {
            self.since_best += 1;
        }
        self.since_best < self.patience
    }

    /// The best loss so far, and its state.
    pub fn best(&self) -> Option<(f64, &S)> {
        self.best.as_ref().map(|(loss, state)| (*loss, state))
    }
}
// ANCHOR_END: early_stopping
