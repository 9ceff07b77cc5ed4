//! The network in candle: a map holds the variables by their names, and the layers
//! share them.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::loss::cross_entropy;
use candle_nn::{
    Activation, Module, Optimizer, SGD, Sequential, VarBuilder, VarMap, linear, seq,
};
use ndarray::{Array, ArrayView, Dimension};

use crate::{Parameters, sizes};

/// Linear layers with ReLU between them.
// ANCHOR: candle_network
pub struct Network {
    model: Sequential,
    variables: VarMap,
}

impl Network {
    /// A network with the given sizes and random weights.
    pub fn new(sizes: &[usize], dtype: DType) -> Result<Self> {
        let variables = VarMap::new();
        let builder = VarBuilder::from_varmap(&variables, dtype, &Device::Cpu);
        let mut model = seq();
        for (l, size) in sizes.windows(2).enumerate() {
            if l > 0 {
                model = model.add(Activation::Relu);
            }
            model = model.add(linear(size[0], size[1], builder.pp(l))?);
        }
        Ok(Self { model, variables })
    }

    /// Plain gradient descent on all weights and biases.
    pub fn sgd(&self, learning_rate: f64) -> Result<SGD> {
        SGD::new(self.variables.all_vars(), learning_rate)
    }
    // ANCHOR_END: candle_network

    /// The logits, `(batch, classes)`, of `x`, `(batch, n_in)`.
    pub fn predict(&self, x: &Tensor) -> Result<Tensor> {
        self.model.forward(x)
    }

    /// One step on a batch; returns its mean loss from before the step.
    // ANCHOR: candle_train_step
    pub fn train_step(
        &self,
        optimizer: &mut SGD,
        x: &Tensor,
        y: &Tensor,
    ) -> Result<Tensor> {
        let logits = self.model.forward(x)?;
        let loss = cross_entropy(&logits, y)?;
        let gradients = loss.backward()?;
        optimizer.step(&gradients)?;
        Ok(loss)
    }
    // ANCHOR_END: candle_train_step

    /// A network with the given weights and biases.
    pub fn from_parameters(parameters: &Parameters, dtype: DType) -> Result<Self> {
        let network = Self::new(&sizes(parameters), dtype)?;
        for (l, (w, b)) in parameters.iter().enumerate() {
            let [weight, bias] = network.layer(l);
            weight.set(&floats(w.view(), dtype)?)?;
            bias.set(&floats(b.view(), dtype)?)?;
        }
        Ok(network)
    }

    /// The weights and biases.
    pub fn parameters(&self) -> Result<Parameters> {
        self.layers().map(|[w, b]| Ok((array(&w)?, array(&b)?))).collect()
    }

    /// The gradient of the mean loss for each of the parameters.
    pub fn gradients(&self, x: &Tensor, y: &Tensor) -> Result<Parameters> {
        let loss = cross_entropy(&self.predict(x)?, y)?;
        let gradients = loss.backward()?;
        let gradient =
            |variable| gradients.get_id(variable).expect("it is tracked");
        let layers = self
            .layers()
            .map(|[w, b]| Ok((array(gradient(w.id()))?, array(gradient(b.id()))?)));
        layers.collect()
    }

    fn layers(&self) -> impl Iterator<Item = [Var; 2]> {
        let n_layers = self.variables.all_vars().len() / 2;
        (0..n_layers).map(|l| self.layer(l))
    }

    /// The weights and the bias of a layer.
    fn layer(&self, l: usize) -> [Var; 2] {
        let variables = self.variables.data().lock().expect("no panic");
        ["weight", "bias"].map(|name| variables[&format!("{l}.{name}")].clone())
    }
}

/// Inputs, or parameters, as a tensor.
pub fn floats<D: Dimension>(
    array: ArrayView<'_, f64, D>,
    dtype: DType,
) -> Result<Tensor> {
    let numbers = array.iter().copied().collect();
    Tensor::from_vec::<_, f64>(numbers, array.shape(), &Device::Cpu)?
        .to_dtype(dtype)
}

/// Labels as a tensor.
pub fn labels(labels: &[usize]) -> Result<Tensor> {
    let labels = labels.iter().map(|&y| u32::try_from(y).expect("few classes"));
    Tensor::from_iter(labels, &Device::Cpu)
}

/// A tensor's numbers.
pub fn array<D: Dimension>(tensor: &Tensor) -> Result<Array<f64, D>> {
    let numbers = tensor.to_dtype(DType::F64)?.flatten_all()?.to_vec1()?;
    let array = Array::from_shape_vec(tensor.dims(), numbers);
    Ok(array
        .expect("as many as the shape says")
        .into_dimensionality()
        .expect("the rank is known"))
}
